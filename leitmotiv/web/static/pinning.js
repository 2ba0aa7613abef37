// The current board, on every page: `+` and `-` put the picture with the focus, or all that is picked, on it; a tile that
// is dragged finds its two sides at the foot of the page. It is the board that was opened or chosen last.

import { change, toast } from "./changes.js";
import { bind } from "./keys.js";
import { recall, remember } from "./memory.js";
import { focusedId, picks } from "./picks.js";

/** @typedef {"positive" | "negative"} Side */
/** @typedef {{id: number, name: string}} Current */

const KEY = "board";
export const SAID = { positive: "It is", negative: "It is not" };

/** @returns {Current | null} */
export function current() {
  try {
    const found = JSON.parse(recall(KEY) ?? "null");
    return found && Number.isInteger(found.id) && typeof found.name === "string" ? found : null;
  } catch { return null; }
}
/** @param {Current | null} board */
export function choose(board) { remember(KEY, JSON.stringify(board)); }

/** @param {number} count */
const many = (count) => (count === 1 ? "1 picture" : `${count.toLocaleString("en")} pictures`);

/**
 * Put pictures of the library on a side of a board.
 * @param {Current} board @param {Side} side @param {string[]} ids
 */
export async function put(board, side, ids) {
  const words = `${many(ids.length)} on “${board.name}”: ${SAID[side].toLowerCase()}`;
  await change(`/api/v1/boards/${board.id}/examples`, "POST", { side, ids }, words);
}

/** As `put`, on the current board; where there is none, or it is gone, one is asked for. @param {Side} side @param {string[]} ids */
export async function pin(side, ids) {
  const board = current();
  if (!board) return ask(side, ids);
  try {
    await put(board, side, ids);
  } catch (error) {
    const there = await fetch(`/api/v1/boards/${board.id}`).then((answer) => answer.status !== 404, () => true);
    if (there) return;
    choose(null);
    await ask(side, ids);
  }
}

// ---- which board ----
const dialog = document.createElement("dialog");
dialog.className = "keep";
dialog.setAttribute("aria-labelledby", "which-board");

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} text @param {string} [kind] @returns {HTMLElementTagNameMap[T]} */
function made(tag, text, kind = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = kind;
  return element;
}

/** Ask which board is meant from now on; then put the pictures there. @param {Side} side @param {string[]} ids */
export async function ask(side, ids) {
  const answer = await fetch("/api/v1/boards").catch(() => null);
  if (!answer?.ok) return toast("The boards could not be read. Is the server still running?");
  const { boards } = await answer.json();
  const form = document.createElement("form");
  const title = made("h2", ids.length ? `Put ${many(ids.length)} on which board?` : "Which board do + and − mean?");
  const field = document.createElement("input");
  const row = made("div", "", "row");
  const cancel = made("button", "Cancel", "button");
  title.id = "which-board";
  form.method = "dialog";
  Object.assign(field, { name: "name", required: true, maxLength: 120, placeholder: "A new board: evening light", autocomplete: "off" });
  field.setAttribute("aria-label", "Name of a new board");
  cancel.type = "button";
  cancel.addEventListener("click", () => dialog.close());
  row.append(field, made("button", "Make it", "button main"), cancel);
  form.append(title, row);
  /** @param {Current} board */
  const take = async (board) => {
    choose({ id: board.id, name: board.name });
    dialog.close();
    draw();
    if (ids.length) await put(board, side, ids).catch(() => {});
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const board = await change("/api/v1/boards", "POST", { name: field.value.trim() }).catch(() => null);
    if (board) await take(board);
  });
  if (boards.length) {
    const list = document.createElement("ul");
    form.append(made("h2", "Or one that is there"));
    for (const board of boards) {
      const item = document.createElement("li");
      const button = made("button", board.name, "button lined");
      button.type = "button";
      button.addEventListener("click", () => void take(board));
      item.append(button);
      list.append(item);
    }
    form.append(list);
  }
  dialog.replaceChildren(form);
  (document.querySelector("dialog.lightbox[open]") ?? document.body).append(dialog);
  dialog.showModal();
  field.focus();
}

// ---- keys ----
/** What a key means: what is picked, else the picture with the focus; nothing on the map, where the keys zoom. @returns {string[]} */
function meant() {
  const focused = focusedId();
  if (picks.size && document.querySelector(".tile[data-id]")) return [...picks];
  return focused ? [focused] : [];
}
/** @param {Side} side */
const key = (side) => () => {
  const ids = meant();
  if (!ids.length) return false;
  void pin(side, ids);
};
const group = "Boards";
bind([
  { keys: ["+"], label: "More of this: on the current board", group, run: key("positive") },
  { keys: ["-"], label: "Less of this: on the current board", group, run: key("negative") },
]);

// ---- the shelf: where a tile that is dragged may be let go ----
const shelf = document.createElement("div");
const name = document.createElement("p");
shelf.className = "shelf";
shelf.hidden = true;
for (const side of /** @type {Side[]} */ (["positive", "negative"])) {
  const place = made("div", `${side === "positive" ? "+" : "−"} ${SAID[side]}`, "shelf-side");
  place.dataset.shelf = side;
  place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("under"); });
  place.addEventListener("dragleave", () => place.classList.remove("under"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (dragged.length) void pin(side, dragged);
    end();
  });
  shelf.append(place);
}
shelf.append(name);
document.body.append(shelf);
/** @type {string[]} */
let dragged = [];
function draw() { name.textContent = current() ? `on “${current()?.name}”` : "on a board: you are asked which"; }
function end() {
  shelf.hidden = true;
  dragged = [];
  for (const place of shelf.children) place.classList.remove("under");
}
/** What is dragged: all picks where one of them is. @returns {string[]} */
export const inHand = () => dragged;
document.addEventListener("dragstart", (event) => {
  const tile = event.target instanceof Element ? event.target.closest(".tile[data-id]") : null;
  if (!(tile instanceof HTMLElement) || !tile.dataset.id) return;
  dragged = picks.has(tile.dataset.id) ? [...picks] : [tile.dataset.id];
  event.dataTransfer?.setData("text/uri-list", dragged.map((id) => `${location.origin}/images/${id}`).join("\r\n"));
  if (document.querySelector("[data-board-page]")) return; // it has its own sides
  draw();
  // a browser ends the drag where the page changes under the pointer at once
  setTimeout(() => { if (dragged.length) shelf.hidden = false; }, 0);
});
document.addEventListener("dragend", end);

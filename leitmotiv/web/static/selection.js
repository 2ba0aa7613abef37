// The bar of what is picked: how many, and what can be done with them. One for every page with pictures.

import { change, changed } from "./changes.js";
import { bind } from "./keys.js";
import { focusedId, picks } from "./picks.js";
import { ask, pin } from "./pinning.js";

const IN_ADDRESS = 60;
const LABELS = ["red", "yellow", "green", "blue", "purple"];
/** @type {[string, string][]} pages that take a line of filters, with what they do */
const PAIR = "/chain";
const tools = JSON.parse(document.body.dataset.tools ?? "[]");

/** @param {string} name */
function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** @param {string} sign @param {string} words @param {string} title @param {() => void} run */
function button(sign, words, title, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.title = title;
  made.append(icon(sign), worded(words));
  made.addEventListener("click", run);
  return made;
}
/** @param {string} words */
function worded(words) {
  const span = document.createElement("span");
  span.className = "word";
  span.textContent = words;
  return span;
}

/** @param {string} sign @param {string} words @param {string} title @param {HTMLElement[]} entries */
function menu(sign, words, title, entries) {
  const made = document.createElement("details");
  const summary = document.createElement("summary");
  const list = document.createElement("ul");
  made.className = "menu";
  summary.className = "button";
  summary.title = title;
  summary.append(icon(sign), worded(words));
  if (!words) summary.setAttribute("aria-label", title);
  list.className = "sheet-of";
  for (const entry of entries) {
    const item = document.createElement("li");
    item.append(entry);
    list.append(item);
  }
  list.addEventListener("click", (event) => { if (event.target instanceof Element && event.target.closest("button, a")) made.open = false; });
  made.append(summary, list);
  return made;
}
/** @param {string} words @param {string} key @param {() => void} run */
function entry(words, key, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  if (key) {
    const cap = document.createElement("kbd");
    cap.className = "key";
    cap.textContent = key;
    made.append(cap);
  }
  made.addEventListener("click", run);
  return made;
}

// ---- what can be done ----

/** The pictures that a key or a button means: what is picked, else the one with the focus. @returns {string[]} */
function meant() {
  if (picks.size) return [...picks];
  const id = focusedId();
  return id ? [id] : [];
}

/** @param {Record<string, unknown>} values @param {string} words */
async function rate(values, words) {
  const ids = meant();
  if (!ids.length) return false;
  await change("/api/v1/ratings", "PATCH", { ids, ...values }, `${words}: ${ids.length === 1 ? "1 picture" : `${ids.length.toLocaleString("en")} pictures`}`).catch(() => {});
}

/** A heart, or a rejection, is given unless all have it. @param {"favourite" | "rejected"} name @param {string} words */
async function turn(name, words) {
  const ids = meant();
  if (!ids.length) return false;
  const tile = document.querySelector(`.tile[data-id="${ids[0]}"]`);
  const on = name === "rejected" ? tile?.classList.contains("rejected") : tile?.querySelector(".on.rated")?.textContent?.includes("♥");
  await rate({ [name]: !on }, on ? `not ${words}` : words);
}

/** A line of filters for what is picked; many are kept under a name first. */
async function line() {
  const ids = [...picks];
  if (ids.length <= IN_ADDRESS) return `id:${ids.map((id) => id.slice(0, 16)).join(",")}`;
  const name = `Picked ${new Date().toISOString().slice(0, 16).replace("T", " ")}`;
  const kept = await change("/api/v1/selections", "POST", { name, ids }).catch(async () => change("/api/v1/selections", "POST", { name: `${name}, ${Date.now() % 100000}`, ids }));
  return kept.filter;
}
/** @param {string} path */
async function show(path) {
  const asked = await line().catch(() => null);
  if (asked) location.assign(`${path}?q=${encodeURIComponent(asked)}`);
}

// ---- keeping ----
const dialog = document.createElement("dialog");
dialog.className = "keep";
dialog.setAttribute("aria-labelledby", "keep-title");
/** @param {string} tag @param {string} text */
function said(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
async function keep() {
  const answer = await fetch("/api/v1/selections");
  const { selections } = await answer.json();
  const form = document.createElement("form");
  const field = document.createElement("input");
  const title = said("h2", `Keep ${picks.size.toLocaleString("en")} picture${picks.size === 1 ? "" : "s"} under a name`);
  title.id = "keep-title";
  const fault = said("p", "");
  fault.className = "fault";
  fault.setAttribute("role", "alert");
  form.method = "dialog";
  field.name = "name";
  field.required = true;
  field.maxLength = 120;
  field.setAttribute("aria-label", "Name");
  field.placeholder = "Best of the lake";
  field.autocomplete = "off";
  const ok = /** @type {HTMLButtonElement} */ (said("button", "Keep"));
  ok.className = "button main";
  const row = document.createElement("div");
  row.className = "row";
  row.append(field, ok);
  form.append(title, row, fault);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await change("/api/v1/selections", "POST", { name: field.value, ids: [...picks] }, `Kept as ${field.value}`).catch((error) => {
      fault.textContent = error.message;  // what is told at the foot of the page lies behind the dialog
      field.focus();
    });
    if (done) dialog.close();
  });
  const fixed = selections.filter((/** @type {any} */ one) => one.ids);
  if (fixed.length) {
    form.append(said("h2", "Or add them to"));
    const list = document.createElement("ul");
    for (const one of fixed) {
      const item = document.createElement("li");
      const add = /** @type {HTMLButtonElement} */ (said("button", `${one.name} · ${one.ids.length.toLocaleString("en")}`));
      add.type = "button";
      add.className = "button lined";
      add.addEventListener("click", async () => {
        const ids = [...new Set([...one.ids, ...picks])];
        const done = await change(`/api/v1/selections/${one.id}`, "PUT", { name: one.name, ids }, `Added to ${one.name}`).catch(() => null);
        if (done) dialog.close();
      });
      item.append(add);
      list.append(item);
    }
    form.append(list);
  }
  const shut = /** @type {HTMLButtonElement} */ (said("button", "Cancel"));
  shut.type = "button";
  shut.className = "button";
  shut.addEventListener("click", () => dialog.close());
  row.append(shut);
  dialog.replaceChildren(form);
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.showModal();
  field.focus();
}

// ---- the bar ----
const bar = document.createElement("section");
const pile = document.createElement("span");
const count = document.createElement("b");
bar.className = "selection";
bar.setAttribute("aria-label", "what is picked");
bar.hidden = true;
pile.className = "pile";
count.className = "number";
bar.append(
  pile, count,
  menu("star", "Rate", "Rate (0 to 5, f)", [
    ...[5, 4, 3, 2, 1].map((stars) => entry("★".repeat(stars), String(stars), () => void rate({ stars }, `${stars} star${stars === 1 ? "" : "s"}`))),
    entry("No stars", "0", () => void rate({ stars: 0 }, "no stars")),
    entry("Favourite", "f", () => void turn("favourite", "favourite")),
    entry("Reject", "X", () => void turn("rejected", "rejected")),
    ...LABELS.slice(0, 4).map((label, place) => entry(`Label ${label}`, String(6 + place), () => void rate({ label }, `label ${label}`))),
    entry("No label", "", () => void rate({ label: "" }, "no label")),
  ]),
  button("pin", "Keep", "Keep under a name", () => void keep()),
  menu("board", "Board", "Put them on a board (+, −)", [
    entry("It is", "+", () => void pin("positive", [...picks])),
    entry("It is not", "−", () => void pin("negative", [...picks])),
    entry("On another board…", "", () => void ask("positive", [...picks])),
  ]),
  button("filter", "Only these", "Show only these", () => void show("/")),
);
/** What is for a pair has no use for more. */
const pairs = /** @type {HTMLButtonElement[]} */ ([]);
const uses = tools.map((/** @type {[string, string]} */ [path, words]) => {
  const made = entry(words, "", () => void show(path));
  if (path === PAIR) pairs.push(made);
  return made;
});
if (uses.length) bar.append(menu("right", "Use", "Use them elsewhere", uses));
const close = button("close", "", "Let go of all (Esc)", () => picks.clear());
close.setAttribute("aria-label", "Let go of all");
bar.append(close);
document.body.append(bar);

/** Whether this page has pictures that can be picked. */
const shows = () => document.querySelector(".tile[data-id], [data-picks]") !== null;
function draw() {
  bar.hidden = !picks.size || !shows();
  document.body.classList.toggle("picking", !bar.hidden);
  if (bar.hidden) return;
  for (const one of pairs) one.hidden = picks.size !== 2;
  count.textContent = `${picks.size.toLocaleString("en")} picked`;
  const ids = [...picks].slice(-3);
  if (ids.join() === pile.dataset.ids) return;
  pile.dataset.ids = ids.join();
  pile.replaceChildren(...ids.map((id) => {
    const image = document.createElement("img");
    image.src = `/thumb/${id}/256.jpg`;
    image.alt = "";
    return image;
  }));
}
picks.addEventListener("change", draw);
draw();

/** @param {() => Promise<boolean | void>} run */
const ours = (run) => () => {
  if (!meant().length || (!focusedId() && location.pathname.startsWith("/images/"))) return false;
  void run();
};
const group = "Picking";
bind([
  ...[0, 1, 2, 3, 4, 5].map((stars) => ({ keys: [String(stars)], label: stars ? `${stars} star${stars === 1 ? "" : "s"}` : "No stars", group, run: ours(() => rate({ stars }, stars ? `${stars} star${stars === 1 ? "" : "s"}` : "no stars")) })),
  { keys: ["f"], label: "Favourite", group, run: ours(() => turn("favourite", "favourite")) },
  { keys: ["X"], label: "Reject", group, run: ours(() => turn("rejected", "rejected")) },
  ...["6", "7", "8", "9"].map((key, place) => ({ keys: [key], label: `Label ${LABELS[place]}`, group, run: ours(() => rate({ label: LABELS[place] }, `label ${LABELS[place]}`)) })),
]);
changed(() => draw());

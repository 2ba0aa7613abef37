// One result of a board: which of its crops is shown, which heat map lies over it, and what it is to the board.

import { bind } from "./keys.js";
import { put } from "./pinning.js";
import { escape } from "./tiles.js";

const place = /** @type {HTMLElement} */ (document.querySelector("[data-inspect]"));
const whole = /** @type {HTMLElement} */ (place.querySelector(".whole"));
const heat = /** @type {HTMLImageElement} */ (place.querySelector(".heat"));
const board = { id: Number(place.dataset.board), name: place.dataset.boardName ?? "" };
const VIEWS = ["preview", "heatmap", "focus"];

/** @param {string} name */
function show(name) {
  whole.dataset.view = name;
  for (const one of document.querySelectorAll("[data-view-to]")) one.setAttribute("aria-pressed", String(one.getAttribute("data-view-to") === name));
  const now = new URL(location.href);
  now.searchParams.set("view", name);
  history.replaceState(history.state, "", now);
}
/** @param {HTMLElement} row */
function choose(row) {
  const sides = (row.dataset.crop ?? "0,0,1,1").split(",");
  ["--x", "--y", "--w", "--h"].forEach((name, at) => whole.style.setProperty(name, sides[at]));
  for (const one of place.querySelectorAll("[data-crop]")) one.toggleAttribute("aria-current", one === row);
  row.setAttribute("aria-current", "true");
}
/** @param {import("./pinning.js").Side} side */
const say = (side) => void put(board, side, [place.dataset.id ?? ""]).catch(() => {});

for (const button of document.querySelectorAll("button[data-view-to]")) button.addEventListener("click", () => show(button.getAttribute("data-view-to") ?? "preview"));
for (const button of place.querySelectorAll("button[data-heat]")) {
  button.addEventListener("click", () => {
    const told = place.querySelector("[data-tiling]");
    if (told) told.textContent = button.getAttribute("data-heat") === "tiles" ? "Looking at 86 tiles…" : "";
    heat.src = heat.dataset[button.getAttribute("data-heat") ?? "share"] ?? "";
    for (const one of place.querySelectorAll("button[data-heat]")) one.setAttribute("aria-pressed", String(one === button));
    show("heatmap");
  });
}
for (const end of ["load", "error"]) {
  heat.addEventListener(end, () => {
    const told = place.querySelector("[data-tiling]");
    if (told) told.textContent = end === "error" ? "The map could not be drawn." : "";
  });
}
place.addEventListener("click", (event) => {
  const row = event.target instanceof Element ? event.target.closest(".pick-crop")?.closest("[data-crop]") : null;
  if (!(row instanceof HTMLElement)) return;
  choose(row);
  show("focus");
});
/** The crops come after the page: a search takes a second or two, and waits where another goes on. */
async function crop() {
  const section = /** @type {HTMLElement} */ (place.querySelector('[data-part="crops"]'));
  const answer = section.querySelector("[data-crop]") ? null : await fetch(section.dataset.from ?? "").catch(() => null);
  const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('[data-part="crops"]') : null;
  if (fresh) section.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  else if (!section.querySelector("[data-crop]")) unfound(section, answer ? "The crops could not be found." : "The server did not answer. Is it still running?");
  const first = place.querySelector("[data-crop]");
  if (first instanceof HTMLElement) choose(first);
}
/** What stands in the place of crops that did not come. @param {HTMLElement} section @param {string} text */
function unfound(section, text) {
  const line = section.querySelector("[role=status]") ?? section.appendChild(document.createElement("p"));
  line.textContent = text;
}
place.querySelector("[data-do-more]")?.addEventListener("click", () => say("positive"));
place.querySelector("[data-do-less]")?.addEventListener("click", () => say("negative"));
void crop();
const group = "This result";
bind([
  { keys: ["v"], label: "Preview, heatmap, crops", group, run: () => show(VIEWS[(VIEWS.indexOf(whole.dataset.view ?? "") + 1) % VIEWS.length]) },
  { keys: ["+", "-"], label: "It is, it is not", group, run: (event) => say(event.key === "+" ? "positive" : "negative") },
]);
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

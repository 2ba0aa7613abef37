// One trend: its name, taking it apart, and where its picked pictures belong.

import { change, changed } from "./changes.js";
import { bind } from "./keys.js";
import { picks } from "./picks.js";
import { edit } from "./rename.js";

const place = /** @type {HTMLElement} */ (document.querySelector("[data-trend]"));
const id = Number(place.dataset.trend);
const name = place.dataset.name ?? "";
const count = place.dataset.count ? { count: Number(place.dataset.count) } : {};
const heading = /** @type {HTMLElement} */ (place.querySelector("h1"));

// After a change the trend may be another one, or none: the page is asked for anew, or left for all trends.
let apart = false;
changed(async () => {
  if (apart) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  picks.clear();
  if (!answer.ok) location.assign(count.count ? `/clusters?count=${count.count}` : "/clusters");
  else setTimeout(() => location.reload(), 900);
});

function rename() {
  edit(heading, name, `/api/v1/clusters/${id}${count.count ? `?count=${count.count}` : ""}`, () => {});
}
async function split() {
  apart = true; // this trend is no more: its address would go on to show what it was
  const made = await change("/api/v1/clusters/split", "POST", { cluster: id, parts: 2, ...count }, `Taken apart: ${name}`).catch(() => null);
  if (!made) apart = false;
  else setTimeout(() => location.assign(`/clusters/${made.clusters[0].id}${count.count ? `?count=${count.count}` : ""}`), 900);
}

// ---- the picked pictures ----
const shown = () => [...document.querySelectorAll(".nears .tile[data-id]")].map((tile) => /** @type {HTMLElement} */ (tile).dataset.id ?? "");
/** Those of this page. @returns {string[]} */
const ours = () => shown().filter((one) => picks.has(one));
const many = (/** @type {string[]} */ ids) => `${ids.length} picture${ids.length === 1 ? "" : "s"}`;
/** @param {string} verb @param {Record<string, unknown>} more @param {string} words */
async function send(verb, more, words) {
  const ids = ours();
  if (!ids.length) return false;
  await change(`/api/v1/clusters/${verb}`, "POST", { ids, ...count, ...more }, `${many(ids)} ${words}`).catch(() => {});
}
const verbs = {
  own: () => send("split", { cluster: id }, "are a trend of their own"),
  pin: () => send("pin", { cluster: id }, "pinned here"),
  ban: () => send("exclude", { cluster: id }, `not in “${name}”`),
  leave: () => send("exclude", {}, "in no trend"),
};
for (const [verb, run] of Object.entries(verbs)) document.querySelector(`[data-${verb}]`)?.addEventListener("click", () => void run());
const move = document.querySelector("[data-move]");
move?.addEventListener("change", () => {
  if (!(move instanceof HTMLSelectElement) || !move.value) return;
  void send("pin", { cluster: Number(move.value) }, `moved to “${move.selectedOptions[0].text.split(" · ")[0]}”`);
});
function draw() {
  const any = ours().length > 0;
  for (const [part, hidden] of /** @type {[string, boolean][]} */ ([["[data-none]", any], ["[data-some]", !any]])) {
    const found = document.querySelector(part);
    if (found instanceof HTMLElement) found.hidden = hidden;
  }
}
picks.addEventListener("change", draw);
draw();

document.querySelector("[data-rename]")?.addEventListener("click", rename);
document.querySelector("[data-split]")?.addEventListener("click", () => void split());
const group = "This trend";
bind([
  { keys: ["F2"], label: "Name it", group, run: rename },
  { keys: ["s"], label: "Take it apart", group, run: () => void split() },
  { keys: ["n"], label: "A trend of the picked pictures", group, run: () => (ours().length ? void verbs.own() : false) },
  { keys: ["p"], label: "Pin the picked pictures here", group, run: () => (ours().length ? void verbs.pin() : false) },
  { keys: ["Delete"], label: "Picked pictures not in this trend", group, run: () => (ours().length ? void verbs.ban() : false) },
]);

// Several boards together: asked for anew whenever a choice or a slider changes.

import { escape, walk } from "./tiles.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".combining"));
/** @param {HTMLInputElement} range */
function fill(range) {
  range.style.setProperty("--at", `${50 * Number(range.value)}%`);
  const told = range.parentElement?.querySelector("output");
  if (told) told.textContent = String(Number(range.value));
}
for (const range of form?.querySelectorAll('input[type="range"]') ?? []) {
  if (!(range instanceof HTMLInputElement)) continue;
  fill(range);
  range.addEventListener("input", () => fill(range));
}
let timer = 0;
form?.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), 400);
});
const place = document.querySelector("[data-walk]");
if (place instanceof HTMLElement) walk(place);
escape(null);

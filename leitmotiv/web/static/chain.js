// The chain: the slider asks for another number of steps.

import { bind } from "./keys.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-chain]"));
const range = /** @type {HTMLInputElement} */ (form.querySelector('input[type="range"]'));
const output = form.querySelector("output");
function paint() {
  range.style.setProperty("--at", `${(100 * (Number(range.value) - Number(range.min))) / (Number(range.max) - Number(range.min))}%`);
  if (output) output.textContent = range.value;
}
function address() {
  const url = new URL(location.href);
  url.searchParams.set("n", range.value);
  return url;
}
range.addEventListener("input", paint);
range.addEventListener("change", () => location.assign(address()));
/** @param {number} step */
function move(step) {
  const wanted = Math.min(Number(range.max), Math.max(Number(range.min), Number(range.value) + step));
  if (String(wanted) === range.value) return;
  range.value = String(wanted);
  paint();
  location.assign(address());
}
bind([{ keys: ["[", "]"], label: "Fewer, more steps", group: "Chain", run: (event) => move(event.key === "[" ? -1 : 1) }]);
paint();

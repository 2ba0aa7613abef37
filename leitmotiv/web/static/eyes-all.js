// All pictures through eyes: as they see them, or as they are.

import { bind } from "./keys.js";
import { escape } from "./tiles.js";

const place = document.querySelector("[data-everything]");
const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-as]"));

/** @param {string} as */
function show(as) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.as === as));
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (place?.querySelectorAll("img") ?? [])) {
    image.dataset.seen ??= image.getAttribute("src") ?? "";
    image.src = (as === "truth" ? image.dataset.truth : image.dataset.seen) ?? "";
  }
}
const other = () => show([...buttons].some((one) => one.dataset.as === "truth" && one.ariaPressed === "true") ? "seen" : "truth");
for (const button of buttons) button.addEventListener("click", () => show(button.dataset.as ?? ""));
if (place) bind([{ keys: ["v"], label: "As they see, or as it is", group: "Eyes", run: other }]);
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

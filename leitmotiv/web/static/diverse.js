// A diverse few: all of them can be picked at once, for whatever else takes what is picked.

import { picks } from "./picks.js";

document.querySelector("[data-pick-all]")?.addEventListener("click", () => {
  picks.replace([...document.querySelectorAll(".nears .tile[data-id]")].map((tile) => /** @type {HTMLElement} */ (tile).dataset.id ?? ""));
});

// Keepers: choosing another picture of a burst, agreeing, and rejecting the rest; each can be undone.

import { change, changed } from "./changes.js";

/** @param {Element} burst */
const members = (burst) => [...burst.querySelectorAll("[data-member]")].map((one) => /** @type {HTMLElement} */ (one).dataset.member ?? "");

/** @param {Element} burst @param {string} keep */
async function choose(burst, keep) {
  const others = members(burst).filter((one) => one !== keep);
  await change("/api/v1/keepers", "POST", { keep, others }, "Kept");
}

for (const burst of document.querySelectorAll("[data-burst]")) {
  const [keeper, ...rest] = members(burst);
  for (const button of burst.querySelectorAll("[data-keep]")) {
    const id = /** @type {HTMLElement | null} */ (button.closest("[data-member]"))?.dataset.member;
    if (id) button.addEventListener("click", () => choose(burst, id));
  }
  burst.querySelector("[data-agree]")?.addEventListener("click", () => choose(burst, keeper));
  burst.querySelector("[data-reject]")?.addEventListener("click", () => change("/api/v1/ratings", "PATCH", { ids: rest, rejected: true }, `${rest.length} rejected`));
}
changed(() => location.reload());

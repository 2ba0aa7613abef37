// Why two pictures match: whatever meeting is pointed at, in the table or over a picture, is lit everywhere.

import { bind } from "./keys.js";

/** Light what is pointed at in a pair. @param {HTMLElement} pair */
export function follow(pair) {
  /** @param {string | undefined} number */
  const light = (number) => {
    if (number) pair.dataset.lit = number;
    else delete pair.dataset.lit;
    for (const one of pair.querySelectorAll("[data-meeting]")) one.classList.toggle("lit", one.getAttribute("data-meeting") === number);
  };
  /** @param {EventTarget | null} target */
  const row = (target) => (target instanceof Element ? target.closest("tr[data-meeting]") : null);
  pair.addEventListener("pointerover", (event) => light(row(event.target)?.getAttribute("data-meeting") ?? nearest(event)));
  pair.addEventListener("pointerleave", () => light(undefined));
  pair.addEventListener("focusin", (event) => light(row(event.target)?.getAttribute("data-meeting") ?? undefined));
  pair.addEventListener("focusout", () => light(undefined));
  const pictures = pair.querySelector(".pictures");
  pictures?.addEventListener("pointermove", (event) => { if (event instanceof PointerEvent && event.pointerType === "mouse") light(nearest(event)); });
  /** The meeting whose number lies nearest to the pointer. @param {PointerEvent} event */
  function nearest(event) {
    if (!pictures?.contains(/** @type {Node} */ (event.target))) return undefined;
    let best = { number: /** @type {string | undefined} */ (undefined), distance: 90 };
    for (const dot of pair.querySelectorAll(".dot")) {
      const box = dot.getBoundingClientRect();
      const distance = Math.hypot(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
      if (distance < best.distance) best = { number: dot.getAttribute("data-meeting") ?? undefined, distance };
    }
    return best.number;
  }
}

for (const pair of document.querySelectorAll("[data-pair]")) if (pair instanceof HTMLElement) follow(pair);

/** @param {string} name */
const go = (name) => { const link = document.querySelector(`[data-go="${name}"]`); if (link instanceof HTMLAnchorElement) link.click(); };
if (document.querySelector('[data-go="swap"]')) {
  bind([
    { keys: ["w"], label: "Swap the two pictures", group: "Pictures", run: () => go("swap") },
    { keys: ["Escape"], label: "Back", group: "Pictures", run: () => { if (document.referrer.startsWith(`${location.origin}/`) && history.length > 1) history.back(); else go("up"); } },
  ]);
}

// A name, edited in its place: Enter or leaving the field saves, Esc gives up, an empty name of a trend is the one by its colours.

import { change } from "./changes.js";

/**
 * Edit the name that an element shows.
 * @param {HTMLElement} place  the heading; its text or its link's text is the name
 * @param {string} name
 * @param {string} address     where it is sent
 * @param {() => void} done    after it was saved
 * @param {(body: {name: string}) => Promise<any>} [send]  in the place of a plain change; null where it was refused
 */
export function edit(place, name, address, done, send) {
  if (place.querySelector("input")) return;
  const before = [...place.childNodes];
  const field = document.createElement("input");
  field.type = "text";
  field.className = "renaming";
  field.value = name;
  field.maxLength = 120;
  field.autocomplete = "off";
  field.setAttribute("aria-label", "Name; Enter saves, Esc leaves it as it was");
  const back = document.activeElement;
  let ended = false;
  /** @param {boolean} save */
  async function end(save) {
    if (ended) return;
    ended = true;
    const wanted = field.value.trim();
    place.replaceChildren(...before);
    if (back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true });
    if (!save || wanted === name) return;
    const saved = await (send ? send({ name: wanted }) : change(address, "PATCH", { name: wanted }, wanted ? `Called “${wanted}”` : "Called by its colours again").catch(() => null));
    if (saved) done();
  }
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    void end(event.key === "Enter");
  });
  field.addEventListener("blur", () => void end(true));
  place.replaceChildren(field);
  field.focus();
  field.select();
}

// One picture: its four views on the stage, arrows to its neighbours, Esc back to where one came from.

import { bind } from "./keys.js";
import { leave } from "./memory.js";

const stage = /** @type {HTMLElement} */ (document.querySelector(".stage"));
const whole = /** @type {HTMLImageElement} */ (stage.querySelector("img.whole"));
const frame = /** @type {HTMLElement} */ (stage.querySelector(".over"));
const id = location.pathname.split("/")[2];
leave(id);

// ---- views ----
const NAMES = ["picture", "ellipses", "sampled", "expected"];
/** Show one of the four views on the stage. @param {string} name */
function show(name) {
  stage.dataset.view = name;
  for (const link of document.querySelectorAll("[data-show]")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const here = link.dataset.show === name;
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (here && (name === "sampled" || name === "expected") && !frame.querySelector(`img.${name}`)) {
      const image = document.createElement("img");
      image.className = name;
      image.alt = link.querySelector("img")?.alt ?? "";
      image.dataset.again = "";
      image.src = `${link.href}?size=1024`;
      frame.querySelector("[data-more-views]")?.append(image);
    }
  }
}
for (const link of document.querySelectorAll("[data-show]")) {
  link.addEventListener("click", (event) => {
    if (!(link instanceof HTMLElement) || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.dataset.show ?? "picture");
    stage.scrollIntoView({ block: "nearest" });
  });
}

// ---- neighbours: they take this page's place in the history, so that one step back leaves the pictures ----
for (const link of document.querySelectorAll("[data-turn]")) {
  link.addEventListener("click", (event) => {
    if (!(link instanceof HTMLAnchorElement) || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
}
/** @param {string} name */
function turn(name) {
  const link = document.querySelector(`[data-turn="${name}"]`);
  if (link instanceof HTMLAnchorElement) location.replace(link.href);
}
const strip = document.querySelector(".film");
const here = strip?.querySelector("[aria-current]");
if (strip instanceof HTMLElement && here instanceof HTMLElement) {
  strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}
whole.decode().catch(() => {}).then(() => {
  for (const name of ["before", "after"]) {
    const link = document.querySelector(`[data-turn="${name}"]`);
    if (link instanceof HTMLAnchorElement) new Image().src = `${link.href}/file`;
  }
});

function back() {
  const inside = document.referrer.startsWith(`${location.origin}/`);
  if (inside && history.length > 1) history.back();
  else location.assign("/");
}
/** @param {string} name */
function go(name) {
  const link = document.querySelector(`[data-go="${name}"]`);
  if (!(link instanceof HTMLAnchorElement)) return false;
  location.assign(link.href);
}

bind([
  { keys: ["ArrowLeft", "ArrowRight"], label: "The picture before, after", group: "Pictures", run: (event) => turn(event.key === "ArrowLeft" ? "before" : "after") },
  { keys: ["Escape"], label: "Back", group: "Pictures", run: back },
  { keys: ["1", "2", "3", "4"], label: "Picture, ellipses, sampled, expected colour", group: "Look closer", run: (event) => show(NAMES[Number(event.key) - 1]) },
  { keys: ["s"], label: "All, from most to least alike", group: "Look closer", run: () => go("ranked") },
  { keys: ["b"], label: "Its trend", group: "Look closer", run: () => go("trend") },
]);

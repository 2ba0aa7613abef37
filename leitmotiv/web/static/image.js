// The page of one picture: the viewer, the row of four views under it, and why it matches another one.

import { leave, seen } from "./memory.js";
import { adopt, fetchPart, Viewer } from "./viewer.js";
import { follow } from "./why.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-viewer]"));
leave(root.dataset.id ?? "");
const back = seen();

// Loaded anew while it lay over a list, this page shares its history with that list, and a step there loads nothing by itself.
const own = location.pathname;
addEventListener("popstate", () => { if (location.pathname !== own) location.reload(); });

const viewer = new Viewer(root, {
  over: false,
  // it takes this page's place in the history, so that one step back leaves the pictures
  turn: (href) => location.replace(href),
  close() {
    const inside = document.referrer.startsWith(`${location.origin}/`);
    if (inside && history.length > 1 && back) history.back();
    else location.assign(root.dataset.up || "/");
  },
});

for (const link of document.querySelectorAll("[data-show]")) {
  link.addEventListener("click", (event) => {
    if (!(link instanceof HTMLElement) || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.show(link.dataset.show ?? "picture");
    viewer.stage.scrollIntoView({ block: "nearest" });
  });
}

// ---- why: the panel under the row of similar pictures ----
const panel = /** @type {HTMLElement} */ (document.querySelector("[data-why-panel]"));
const place = /** @type {HTMLElement} */ (document.querySelector("[data-why-place]"));
let wanted = "";
document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-why]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const asked = link.href;
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = "Comparing the two…";
  wanted = asked;
  place.replaceChildren(note);
  panel.hidden = false;
  const found = await fetchPart(asked, "panel").catch(() => null);
  if (wanted !== asked) return;
  if (!found) { location.assign(asked); return; }
  adopt(found, "why");
  place.replaceChildren(...found.body.childNodes);
  for (const other of document.querySelectorAll("a[data-why][aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const page = panel.querySelector("[data-why-page]");
  if (page instanceof HTMLAnchorElement) page.href = asked;
  const pair = place.querySelector("[data-pair]");
  if (pair instanceof HTMLElement) follow(pair);
  panel.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  /** @type {HTMLElement | null} */ (panel.querySelector("h2"))?.focus({ preventScroll: true });
});

// A picture over the page that lists it. Every `a.tile[data-id]` opens one, whoever drew it; its address says which
// list it belongs to (`/images/<id>?q=…`), so that a reload shows the same neighbours. Back and Esc return to the tile.

import { bind, overlay } from "./keys.js";
import { leave } from "./memory.js";
import { adopt, fetchPart, Viewer } from "./viewer.js";

/**
 * What a page may know better than its tiles say: a grid has only those in the page that are in view.
 * @typedef {object} List
 * @property {(id: string) => void} show   bring the tile of a picture into view and focus it
 */
/** @type {List | null} */
let list = null;
/** Give the list of this page. @param {List} own */
export function lightbox(own) { list = own; }

const AHEAD = 8;
/** Pictures before and after that an address names, where nothing else says what the list is. */
const BESIDE = 30;
const dialog = document.createElement("dialog");
dialog.className = "lightbox";
dialog.setAttribute("aria-label", "Picture");
const told = document.createElement("p");
told.className = "unseen";
told.setAttribute("role", "status");
/** @type {Viewer | null} */
let viewer = null;
/** What has been asked for, by address. @type {Map<string, Promise<Document>>} */
const asked = new Map();
let title = document.title;
/** The tile that was opened. @type {HTMLElement | null} */
let opener = null;
let last = "";
/** The address that is asked for, until it is shown. */
let wanted = "";
let loading = false;
/** Steps that were asked for meanwhile. @type {string[]} */
let steps = [];
/** The keys until there is a viewer. @type {(() => void) | null} */
let release = null;

/** @param {string} href */
const idOf = (href) => new URL(href, location.href).pathname.split("/")[2] ?? "";

/** @param {string} href @returns {Promise<Document>} */
function ask(href) {
  const known = asked.get(href);
  if (known) return known;
  const found = fetchPart(href, "viewer");
  found.catch(() => asked.delete(href));
  asked.set(href, found);
  for (const old of asked.keys()) if (asked.size > AHEAD) asked.delete(old);
  return found;
}

/** Show a picture in the dialog. @param {string} href */
async function show(href) {
  wanted = href;
  loading = true;
  last = idOf(href);
  leave(last);
  /** @type {Document} */
  let part;
  try {
    part = await ask(href);
  } catch {
    if (wanted === href) location.replace(href); // the page itself says what is wrong
    return;
  }
  asked.delete(href); // what is said of it may change
  if (wanted !== href || !dialog.open) return;
  const root = part.querySelector("[data-viewer]");
  if (!(root instanceof HTMLElement)) { location.replace(href); return; }
  const held = document.activeElement instanceof HTMLElement && dialog.contains(document.activeElement) ? document.activeElement.dataset.do : undefined;
  const view = viewer?.view ?? "picture";
  viewer?.end();
  release?.();
  release = null;
  loading = false;
  adopt(part, "viewer");
  dialog.setAttribute("aria-label", root.dataset.name ?? "Picture");
  dialog.querySelector(".soon, [data-viewer]")?.remove();
  dialog.prepend(root);
  document.title = part.title;
  told.textContent = root.querySelector("[data-counter]")?.textContent ?? "";
  viewer = new Viewer(root, { over: true, turn, close });
  if (view !== "picture") viewer.show(view);
  /** @type {HTMLElement | null} */ ((held ? root.querySelector(`[data-do="${held}"]`) : null) ?? viewer.stage)?.focus({ preventScroll: true });
  for (const name of ["after", "before"]) {
    const link = root.querySelector(`[data-turn="${name}"]`);
    if (link instanceof HTMLAnchorElement) ask(link.href).catch(() => {});
  }
  const step = steps.shift();
  if (step) viewer.turn(/** @type {"before" | "after"} */ (step));
}

/** Another picture takes this one's place, here and in the history. @param {string} href @param {string} [step]  "before" or "after" */
function turn(href, step) {
  if (loading && step) {
    steps.push(step);
    return;
  }
  steps = [];
  history.replaceState({ ...history.state, lightbox: true }, "", href);
  void show(href);
}

/** @param {string} href */
function open(href) {
  if (!dialog.isConnected) document.body.append(dialog);
  if (dialog.open) return;
  title = document.title;
  const soon = document.createElement("div");
  const image = document.createElement("img");
  soon.className = "soon";
  image.src = `/thumb/${idOf(href)}/512.jpg`;
  image.alt = "";
  soon.append(image);
  dialog.replaceChildren(soon, told);
  dialog.showModal();
  const group = "This picture";
  release = overlay([
    { keys: ["ArrowLeft", "ArrowRight"], label: "Before, after", group, run: (event) => { steps.push(event.key === "ArrowLeft" ? "before" : "after"); } },
    { keys: ["Escape"], label: "Back", group, run: close },
  ]);
  void show(href);
}

/** Leave: one step back in the history, and what follows it closes. */
function close() {
  if (!dialog.open) return;
  if (history.state?.lightbox) history.back();
  else shut();
}
function shut() {
  if (document.fullscreenElement) void document.exitFullscreen();
  viewer?.end();
  viewer = null;
  release?.();
  release = null;
  wanted = "";
  loading = false;
  steps = [];
  asked.clear();
  dialog.close();
  const toast = dialog.querySelector(".toast");
  if (toast) document.body.append(toast);
  dialog.replaceChildren();
  document.title = title;
  back();
}

/** The focus returns to the tile of the picture seen last, or to the one that was opened. */
function back() {
  if (list) { list.show(last); return; }
  const tile = document.querySelector(`main a.tile[data-id="${CSS.escape(last)}"]`) ?? opener;
  if (!(tile instanceof HTMLElement)) return;
  tile.focus({ preventScroll: true });
  const { top, bottom } = tile.getBoundingClientRect();
  if (top < 52 || bottom > innerHeight) tile.scrollIntoView({ block: "center" });
}

/** The address of a tile in its list: the tile's own, or that of the list it lies in, or the tiles beside it. @param {HTMLAnchorElement} tile */
function addressOf(tile) {
  if (new URL(tile.href).search) return tile.href;
  const said = tile.closest("[data-in]");
  if (said) return `${tile.href}${said.getAttribute("data-in") ? "?" : ""}${said.getAttribute("data-in")}`;
  const place = tile.closest("[data-walk], .tiles, .nears, .strip");
  const ids = [...new Set([...(place?.querySelectorAll("a.tile[data-id]") ?? [])].map((one) => /** @type {HTMLElement} */ (one).dataset.id ?? ""))];
  if (ids.length < 2) return tile.href;
  const at = ids.indexOf(tile.dataset.id ?? "");
  return `${tile.href}?among=${ids.slice(Math.max(0, at - BESIDE), at + BESIDE + 1).map((id) => id.slice(0, 12)).join(",")}`;
}

document.addEventListener("click", (event) => {
  const tile = event.target instanceof Element ? event.target.closest("a.tile[data-id]") : null;
  if (!(tile instanceof HTMLAnchorElement) || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || tile.closest("dialog, [data-no-lightbox]")) return;
  if (document.querySelector("main [data-viewer]")) return; // a picture's own page
  if (!new URL(tile.href).pathname.startsWith("/images/")) return;
  event.preventDefault();
  opener = tile;
  leave(tile.dataset.id ?? "");
  const href = addressOf(tile);
  history.pushState({ ...history.state, lightbox: true }, "", href);
  open(href);
});
addEventListener("popstate", (event) => {
  if (event.state?.lightbox) {
    if (dialog.open) void show(location.href);
    else open(location.href);
  } else if (dialog.open) shut();
});
dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(); });

// a look and back, as file managers have it
bind([{
  keys: [" "], label: "Quick look", group: "Pictures",
  run: () => {
    const tile = document.activeElement?.closest("a.tile[data-id]");
    if (!(tile instanceof HTMLAnchorElement) || document.querySelector("main [data-viewer]")) return false;
    tile.click();
  },
}]);

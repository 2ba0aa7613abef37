// Walking over pictures: one tab stop for all tiles, arrows between them, Enter opens, Esc lets go.

import { bind } from "./keys.js";
import { leave, seen } from "./memory.js";

/** @type {HTMLElement | null} */
let root = null;
/** @type {HTMLElement | null} */
let current = null;

/** @returns {HTMLElement[]} */
const tiles = () => (root ? [...root.querySelectorAll(".tile[data-id]")] : []);

/** Make one tile the tab stop, the others none. @param {HTMLElement | null} tile */
function choose(tile) {
  if (current && current !== tile) current.tabIndex = -1;
  current = tile;
  if (tile) tile.tabIndex = 0;
}

/** @param {HTMLElement | undefined | null} tile */
export function focusTile(tile) {
  if (!tile) return;
  choose(tile);
  tile.focus({ preventScroll: true });
  tile.scrollIntoView({ block: "nearest" });
}

/** @returns {HTMLElement | null} */
function focused() {
  const tile = document.activeElement?.closest(".tile[data-id]");
  return tile instanceof HTMLElement && root?.contains(tile) ? tile : null;
}

/** @param {number} step */
function along(step) {
  const all = tiles();
  const from = focused();
  if (!from) {
    focusTile(all.find((tile) => tile.getBoundingClientRect().bottom > 60) ?? all[0]);
    return;
  }
  focusTile(all[all.indexOf(from) + step]);
}

/** To the nearest tile of the row above or below. @param {number} direction */
function across(direction) {
  const from = focused();
  if (!from) return false;
  const here = from.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  const all = tiles();
  const at = all.indexOf(from);
  const ahead = direction > 0 ? all.slice(at + 1) : all.slice(0, at).reverse();
  let best = null;
  let row = null;
  for (const tile of ahead) {
    const box = tile.getBoundingClientRect();
    if (direction > 0 ? box.top < here.bottom - 1 : box.bottom > here.top + 1) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 4) break;
    const distance = Math.abs(box.left + box.width / 2 - middle);
    if (!best || distance < best.distance) best = { tile, distance };
  }
  focusTile(best?.tile ?? null);
  return true;
}

/** Keys are bound once, for whatever element is walked over last. */
let bound = false;
/**
 * Let the keyboard walk over the tiles inside an element; another one takes its place.
 * @param {HTMLElement} element
 * @param {{onEnd?: () => void}} [options]  onEnd: the End key wants what is not loaded yet
 */
export function walk(element, options = {}) {
  if (root === element) return settle();
  root = element;
  settle();
  element.addEventListener("focusin", () => choose(focused() ?? current));
  element.addEventListener("click", (event) => {
    const tile = event.target instanceof Element ? event.target.closest(".tile[data-id]") : null;
    if (tile instanceof HTMLElement) leave(tile.dataset.id ?? "");
  });
  if (bound) return;
  bound = true;
  addEventListener("pageshow", back);
  const group = "Pictures";
  bind([
    {
      keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "Picture to picture", group,
      run: (event) => {
        if (event.key === "ArrowLeft") along(-1);
        else if (event.key === "ArrowRight") along(1);
        else return across(event.key === "ArrowDown" ? 1 : -1);
      },
    },
    {
      keys: ["Home", "End"], label: "First, last", group,
      run: (event) => {
        if (!focused()) return false;
        if (event.key === "End") options.onEnd?.();
        const all = tiles();
        focusTile(event.key === "Home" ? all[0] : all[all.length - 1]);
      },
    },
    { keys: ["Enter"], label: "Open", group },
  ]);
}

/** Bind Esc: first it lets go of a tile, then it goes up. @param {(() => void) | null} up */
export function escape(up) {
  bind([{
    keys: ["Escape"], label: up ? "Back" : "Let go", group: "Pictures",
    run: () => {
      const tile = focused();
      if (up) up();
      else if (tile) tile.blur();
      else return false;
    },
  }]);
}

/** After tiles came: keep one tab stop. */
export function settle() {
  const all = tiles();
  for (const tile of all) if (tile !== current) tile.tabIndex = -1;
  if (!current || !current.isConnected) choose(all[0] ?? null);
}

/** Coming back from a picture: the focus returns to its tile. */
function back() {
  const id = seen();
  const tile = id ? tiles().find((one) => one.dataset.id === id) : null;
  if (!tile || focused()) return;
  choose(tile);
  const kind = performance.getEntriesByType("navigation")[0];
  const returning = kind instanceof PerformanceNavigationTiming && kind.type === "back_forward";
  if (returning) tile.focus({ preventScroll: true });
}

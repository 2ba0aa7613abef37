// What is picked: kept for one tab over all its pages. Every `.tile[data-id]` of a page takes part, whoever drew it and
// whenever: Ctrl-click and the corner pick, Shift picks a stretch, a drag on the ground picks what it touches.

import { bind } from "./keys.js";

const KEY = "leitmotiv.picks";
const STORED = 20000;

/** The picked ids, in the order of picking; tells of each change with a "change" event. */
class Picks extends EventTarget {
  /** @type {Set<string>} */
  #ids = new Set(restored());
  /** Grows whenever everything before is let go. */
  turn = 0;
  /** The last one that was picked or let go by itself: where a stretch begins. @type {string | null} */
  anchor = null;

  get size() { return this.#ids.size; }
  /** @param {string} id */
  has(id) { return this.#ids.has(id); }
  [Symbol.iterator]() { return this.#ids.values(); }

  /** @param {Iterable<string>} ids */
  add(ids) { for (const id of ids) this.#ids.add(id); this.#changed(); }
  /** @param {Iterable<string>} ids */
  remove(ids) { for (const id of ids) this.#ids.delete(id); this.#changed(); }
  /** @param {Iterable<string>} ids */
  replace(ids) { this.turn += 1; this.#ids = new Set(ids); this.#changed(); }
  /** Add ids that may have to be fetched first; what was let go of meanwhile stays so. @param {string[] | Promise<string[]>} ids */
  async addSoon(ids) {
    if (Array.isArray(ids)) return this.add(ids);
    const { turn } = this;
    const found = await ids.catch(() => []);
    if (turn === this.turn) this.add(found);
  }
  /** @param {string} id */
  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.anchor = id;
    this.#changed();
  }
  clear() { this.replace([]); }

  #changed() {
    try { sessionStorage.setItem(KEY, JSON.stringify(this.size <= STORED ? [...this.#ids] : [])); } catch { /* they last as long as the page */ }
    this.dispatchEvent(new Event("change"));
  }
}

/** @returns {string[]} */
function restored() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((id) => /^[0-9a-f]{64}$/.test(id)) : [];
  } catch { return []; }
}

export const picks = new Picks();

/**
 * The order that stretches and "all" go by; a page whose tiles are not all in the page gives its own, and may have to
 * fetch them.
 * @typedef {{all: () => string[] | Promise<string[]>, between: (one: string, other: string) => string[] | Promise<string[]>}} Order
 */
/** @type {Order} */
let order = {
  all: () => [...new Set([...document.querySelectorAll(".tile[data-id]")].map(idOf))],
  between(one, other) {
    const ids = /** @type {string[]} */ (this.all());
    const [from, to] = [ids.indexOf(one), ids.indexOf(other)];
    return from < 0 || to < 0 ? [other] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  },
};
/** @param {Order} own */
export function goBy(own) { order = own; }

/** @param {Element} tile */
function idOf(tile) { return /** @type {HTMLElement} */ (tile).dataset.id ?? ""; }

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function tileOf(target) { return target instanceof Element ? target.closest(".tile[data-id]") : null; }

/** Pick everything from the last picked picture to another. @param {string} id */
export function stretch(id) {
  const from = picks.anchor ?? id;
  void picks.addSoon(order.between(from, id));
  picks.anchor = from;
}

// ---- tiles say whether they are picked ----
/** @param {Element} tile */
function mark(tile) {
  const on = picks.has(idOf(tile));
  tile.classList.toggle("picked", on);
  tile.closest('[role="gridcell"]')?.setAttribute("aria-selected", String(on));
}
function markAll() { for (const tile of document.querySelectorAll(".tile[data-id]")) mark(tile); }
picks.addEventListener("change", markAll);
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes" && target instanceof Element && target.matches(".tile[data-id]")) mark(target);
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches(".tile[data-id]")) mark(node);
      for (const tile of node.querySelectorAll(".tile[data-id]")) mark(tile);
    }
  }
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-id"] });
markAll();

// ---- clicks; on a touch screen a long press begins, then taps go on ----
let touched = false;
addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
document.addEventListener("click", (event) => {
  const tile = tileOf(event.target);
  if (!tile || event.defaultPrevented || tile.closest("[data-no-picks]")) return;
  if (event.shiftKey) stretch(idOf(tile));
  else if (event.ctrlKey || event.metaKey || (touched && picks.size)) picks.toggle(idOf(tile));
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("contextmenu", (event) => {
  const tile = tileOf(event.target);
  if (!tile || !touched) return;
  event.preventDefault();
  picks.toggle(idOf(tile));
});

// ---- the corner: one button that comes to the tile under the pointer ----
const corner = document.createElement("button");
corner.type = "button";
corner.className = "corner";
corner.tabIndex = -1;
corner.hidden = true;
corner.title = "Pick (x)";
corner.setAttribute("aria-label", "Pick");
document.body.append(corner);
/** @type {HTMLElement | null} */
let under = null;
document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse" || event.target === corner) return;
  under = tileOf(event.target);
  if (under?.closest("[data-no-picks]")) under = null;
  corner.hidden = !under;
  if (!under) return;
  const box = under.getBoundingClientRect();
  corner.style.transform = `translate(${box.left + scrollX}px, ${box.top + scrollY}px)`;
  corner.classList.toggle("held", picks.has(idOf(under)));
});
addEventListener("scroll", () => { corner.hidden = true; }, { passive: true });
corner.addEventListener("click", (event) => {
  if (!under) return;
  if (event.shiftKey) stretch(idOf(under));
  else picks.toggle(idOf(under));
  corner.classList.toggle("held", picks.has(idOf(under)));
});

// ---- the rubber band ----
const EDGE = 48;
document.addEventListener("pointerdown", (event) => {
  const { target } = event;
  if (event.button || event.pointerType !== "mouse" || !(target instanceof Element)) return;
  if (!target.closest("[data-ground]") || target.closest("a, button, input, select, label, summary, h1, h2, p, [data-no-picks]")) return;
  const [x, y] = [event.pageX, event.pageY];
  const before = event.shiftKey || event.ctrlKey || event.metaKey ? [...picks] : [];
  /** @type {Map<string, [number, number, number, number]>} where each tile lies that was in the page meanwhile */
  const seen = new Map();
  const box = document.createElement("div");
  box.className = "rubber";
  let [toX, toY] = [x, y];
  let going = false;
  let timer = 0;
  const draw = () => {
    const [left, top, right, bottom] = [Math.min(x, toX), Math.min(y, toY), Math.max(x, toX), Math.max(y, toY)];
    Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    for (const tile of document.querySelectorAll(".tile[data-id]")) {
      const { left: l, top: t, right: r, bottom: b } = tile.getBoundingClientRect();
      seen.set(idOf(tile), [l + scrollX, t + scrollY, r + scrollX, b + scrollY]);
    }
    const inside = [...seen].filter(([, [l, t, r, b]]) => l < right && r > left && t < bottom && b > top).map(([id]) => id);
    picks.replace([...before, ...inside]);
  };
  const move = (/** @type {PointerEvent} */ now) => {
    if (!going && Math.hypot(now.pageX - x, now.pageY - y) < 6) return;
    if (!going) { going = true; document.body.append(box); getSelection()?.removeAllRanges(); }
    now.preventDefault();
    [toX, toY] = [now.pageX, now.pageY];
    clearInterval(timer);
    const push = now.clientY < EDGE + 52 ? -1 : now.clientY > innerHeight - EDGE ? 1 : 0;
    if (push) timer = setInterval(() => { scrollBy({ top: 16 * push, behavior: "instant" }); toY += 16 * push; draw(); }, 16);
    draw();
  };
  const end = () => {
    clearInterval(timer);
    box.remove();
    removeEventListener("pointermove", move);
    if (!going && !before.length && picks.size && target.closest("[data-ground]")) picks.clear();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
  addEventListener("pointercancel", end, { once: true });
  event.preventDefault();
});

// ---- keys ----
/** The picture that has the focus. @returns {string | null} */
export function focusedId() {
  const tile = tileOf(document.activeElement);
  return tile ? idOf(tile) : null;
}
const group = "Picking";
bind([
  {
    keys: ["x"], label: "Pick, let go", group,
    run: () => {
      const id = focusedId();
      if (!id) return false;
      picks.toggle(id);
    },
  },
  { keys: ["Ctrl+a"], label: "Pick all", group, run: () => document.querySelector(".tile[data-id]") ? void picks.addSoon(order.all()) : false },
  { keys: ["Shift+ArrowLeft", "Shift+ArrowRight"], label: "Pick along the way", group },
  { keys: ["Escape"], label: "Let go of all picks", group, run: () => document.querySelector(".tile[data-id]") && picks.size ? picks.clear() : false },
]);

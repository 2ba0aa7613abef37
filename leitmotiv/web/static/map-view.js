// The view of the map: where it looks and how near, what the hand does to it, and how it travels.

const NEAREST_PX = 900;
const WHEEL = 0.0018;
const TRAVEL_MS = 420;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
/** @param {number} t */
export const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

/** x, y: the place of the map in the middle; zoom: pixels to a unit. Tells "change" whenever it looks elsewhere. */
export class View extends EventTarget {
  /** @param {HTMLElement} ground */
  constructor(ground) {
    super();
    this.ground = ground;
    this.x = 0;
    this.y = 0;
    this.zoom = 40;
    this.width = 1;
    this.height = 1;
    /** @type {[number, number, number, number]} */
    this.bounds = [0, 0, 1, 1];
    /** @type {{from: [number, number, number], to: [number, number, number], began: number} | null} */
    this.travel = null;
    /** Space that floats cover, which `fit` leaves free: top, right, bottom, left. */
    this.margins = matchMedia("(max-width: 720px)").matches ? [118, 12, 24, 12] : [118, 24, 44, 24];
    this.measure();
    new ResizeObserver(() => { this.measure(); this.changed(); }).observe(ground);
  }

  measure() {
    this.width = Math.max(1, this.ground.clientWidth);
    this.height = Math.max(1, this.ground.clientHeight);
  }

  changed() { this.dispatchEvent(new Event("change")); }

  /** @param {number} px @param {number} py @returns {[number, number]} */
  toWorld(px, py) { return [this.x + (px - this.width / 2) / this.zoom, this.y + (py - this.height / 2) / this.zoom]; }
  /** @param {number} x @param {number} y @returns {[number, number]} */
  toScreen(x, y) { return [(x - this.x) * this.zoom + this.width / 2, (y - this.y) * this.zoom + this.height / 2]; }

  /** The part of the map that is seen: left, top, right, bottom. @returns {[number, number, number, number]} */
  seen() {
    const [w, h] = [this.width / 2 / this.zoom, this.height / 2 / this.zoom];
    return [this.x - w, this.y - h, this.x + w, this.y + h];
  }

  /** @param {[number, number, number, number]} box @param {number} [most] @returns {[number, number, number]} */
  around(box, most = 220) {
    const [top, right, bottom, left] = this.margins;
    const [w, h] = [Math.max(60, this.width - left - right), Math.max(60, this.height - top - bottom)];
    const zoom = this.limited(Math.min(w / (box[2] - box[0] + 1.2), h / (box[3] - box[1] + 1.2), most));
    return [(box[0] + box[2]) / 2 + (right - left) / 2 / zoom, (box[1] + box[3]) / 2 + (bottom - top) / 2 / zoom, zoom];
  }

  /** @param {number} zoom */
  limited(zoom) {
    const [left, top, right, bottom] = this.bounds;
    const least = 0.6 * Math.min(this.width / (right - left + 2), this.height / (bottom - top + 2));
    return clamp(zoom, Math.min(least, NEAREST_PX), NEAREST_PX);
  }

  /** @param {number} x @param {number} y @param {number} zoom */
  look(x, y, zoom) {
    this.travel = null;
    this.set(x, y, zoom);
  }

  /** @param {number} x @param {number} y @param {number} zoom */
  set(x, y, zoom) {
    const [left, top, right, bottom] = this.bounds;
    this.zoom = this.limited(zoom);
    this.x = clamp(x, left - 1, right + 1);
    this.y = clamp(y, top - 1, bottom + 1);
    this.changed();
  }

  /** @param {number} x @param {number} y @param {number} zoom */
  go(x, y, zoom) {
    if (calm.matches) { this.look(x, y, zoom); return; }
    this.travel = { from: [this.x, this.y, this.zoom], to: [x, y, this.limited(zoom)], began: performance.now() };
    this.changed();
  }

  /** Go on travelling; whether there is more to come. @param {number} now */
  advance(now) {
    if (!this.travel) return false;
    const { from, to, began } = this.travel;
    const t = clamp((now - began) / TRAVEL_MS, 0, 1);
    const k = ease(t);
    const zoom = from[2] * (to[2] / from[2]) ** k;
    // places move by what they are apart on the screen, so that the target does not swing
    const part = Math.abs(to[2] / from[2] - 1) < 1e-3 ? k : (1 / from[2] - 1 / zoom) / (1 / from[2] - 1 / to[2]);
    this.set(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, zoom);
    if (t === 1) this.travel = null;
    return this.travel !== null;
  }

  /** @param {number} dx @param {number} dy in pixels */
  pan(dx, dy) { this.look(this.x + dx / this.zoom, this.y + dy / this.zoom, this.zoom); }

  /** Nearer or farther about a point of the screen. @param {number} factor @param {number} [px] @param {number} [py] */
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toWorld(px, py);
    const zoom = this.limited(this.zoom * factor);
    this.look(x - (px - this.width / 2) / zoom, y - (py - this.height / 2) / zoom, zoom);
  }
}

/**
 * Let a hand move the view: drag, wheel, two fingers, double click.
 * @param {View} view
 * @param {{take: (event: PointerEvent, px: number, py: number) => boolean, move: (px: number, py: number) => void, end: (done: boolean) => void,
 *   click: (px: number, py: number, event: PointerEvent) => void, hover: (px: number, py: number, event: PointerEvent | null) => void}} hand
 *   take: whether a gesture is wanted by a tool, which then gets move and end
 */
export function handle(view, hand) {
  const { ground } = view;
  /** @type {Map<number, [number, number]>} */
  const fingers = new Map();
  let tool = false;
  let moved = 0;
  let pinched = false;
  /** @param {PointerEvent | WheelEvent} event @returns {[number, number]} */
  const point = (event) => {
    const box = ground.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  ground.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    ground.setPointerCapture(event.pointerId);
    const at = point(event);
    if (fingers.size === 1 && tool) { tool = false; hand.end(false); }
    fingers.set(event.pointerId, at);
    if (fingers.size === 1) {
      moved = 0;
      pinched = false;
      tool = hand.take(event, ...at);
    } else pinched = true;
    hand.hover(0, 0, null);
  });
  ground.addEventListener("pointermove", (event) => {
    const at = point(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") hand.hover(...at, event);
      return;
    }
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    moved += Math.hypot(dx, dy);
    if (tool) { fingers.set(event.pointerId, at); hand.move(...at); return; }
    if (fingers.size === 1) {
      fingers.set(event.pointerId, at);
      if (moved > 4) { ground.classList.add("held"); view.pan(-dx, -dy); }
      return;
    }
    const [one, other] = [...fingers.values()];
    fingers.set(event.pointerId, at);
    const [now, still] = [...fingers.values()];
    const was = Math.hypot(one[0] - other[0], one[1] - other[1]);
    const is = Math.hypot(now[0] - still[0], now[1] - still[1]);
    view.zoomAt(is / Math.max(1, was), (now[0] + still[0]) / 2, (now[1] + still[1]) / 2);
    view.pan((one[0] + other[0] - now[0] - still[0]) / 2, (one[1] + other[1] - now[1] - still[1]) / 2);
  });
  const up = (/** @type {PointerEvent} */ event) => {
    if (!fingers.delete(event.pointerId)) return;
    ground.classList.remove("held");
    if (tool) { tool = false; hand.end(event.type === "pointerup"); return; }
    if (event.type === "pointerup" && !fingers.size && !pinched && moved <= 4) hand.click(...point(event), event);
  };
  ground.addEventListener("pointerup", up);
  ground.addEventListener("pointercancel", up);
  ground.addEventListener("pointerleave", () => hand.hover(0, 0, null));
  ground.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    // a pinch on a touch pad comes as a wheel with Ctrl and small steps
    view.zoomAt(Math.exp(-event.deltaY * lines * WHEEL * (event.ctrlKey ? 6 : 1)), ...point(event));
  }, { passive: false });
}

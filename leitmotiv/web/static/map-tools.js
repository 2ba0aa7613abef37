// Choosing on the map: a lasso, a rubber band, and a cursor for the keyboard; what is chosen is picked, as on any page.

/** @typedef {import("./map-places.js").Places} Places */
/** @typedef {import("./map-view.js").View} View */

/** Pixels between two points of a lasso. */
const STEP = 4;

export class Tools {
  /**
   * @param {View} view @param {() => Places} places @param {SVGSVGElement} traces
   * @param {(rows: number[], adding: boolean) => void} choose
   */
  constructor(view, places, traces, choose) {
    this.view = view;
    this.places = places;
    this.lasso = /** @type {SVGPathElement} */ (traces.querySelector("path"));
    this.choose = choose;
    /** @type {"" | "lasso" | "band"} */
    this.tool = "";
    /** @type {"" | "lasso" | "band"} */
    this.going = "";
    this.adding = false;
    /** World points. @type {number[]} */
    this.line = [];
    view.addEventListener("change", () => { if (this.going) this.trace(); });
  }

  /** Whether a gesture that begins is ours: a tool is chosen, or Shift (lasso) or Ctrl (band) is held. @param {PointerEvent} event @param {number} px @param {number} py */
  take(event, px, py) {
    const held = event.pointerType === "mouse" ? (event.shiftKey ? "lasso" : event.ctrlKey || event.metaKey ? "band" : "") : "";
    const tool = this.tool || held;
    if (!tool) return false;
    this.going = tool;
    this.adding = Boolean(this.tool) && (event.shiftKey || event.ctrlKey || event.metaKey);
    this.line = this.view.toWorld(px, py);
    this.start = [px, py];
    this.far = 0;
    return true;
  }

  /** @param {number} px @param {number} py */
  move(px, py) {
    const [x, y] = this.view.toWorld(px, py);
    const [fromX, fromY] = this.start ?? [px, py];
    this.far = Math.max(this.far ?? 0, Math.hypot(px - fromX, py - fromY));
    if (this.going === "band") {
      const [left, top] = this.line;
      this.line = [left, top, x, top, x, y, left, y];
    } else {
      const [lastX, lastY] = this.view.toScreen(this.line[this.line.length - 2], this.line[this.line.length - 1]);
      if (Math.hypot(px - lastX, py - lastY) < STEP) return;
      this.line.push(x, y);
    }
    this.trace();
  }

  /** @param {boolean} done @returns {boolean} whether it was a gesture and no click */
  end(done) {
    const { line } = this;
    const gesture = (this.far ?? 0) > 5 && line.length >= 6;
    this.going = "";
    this.line = [];
    this.lasso.removeAttribute("d");
    if (done && gesture) this.choose(this.places().inside(line), this.adding);
    return gesture;
  }

  trace() {
    let text = "";
    for (let at = 0; at < this.line.length; at += 2) {
      const [x, y] = this.view.toScreen(this.line[at], this.line[at + 1]);
      text += `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    this.lasso.setAttribute("d", `${text}Z`);
  }
}

/** One picture that the keyboard is at, or that the address asked for. */
export class Cursor {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.row = -1;
  }

  /** @param {View} view @param {Places} places */
  move(view, places) {
    this.element.hidden = this.row < 0;
    if (this.row < 0) return;
    const [x, y] = view.toScreen(places.x[this.row], places.y[this.row]);
    const [w, h] = places.half(this.row);
    const [width, height] = [Math.max(10, 2 * w * view.zoom) + 6, Math.max(10, 2 * h * view.zoom) + 6];
    Object.assign(this.element.style, {
      width: `${width.toFixed(1)}px`,
      height: `${height.toFixed(1)}px`,
      transform: `translate(${(x - width / 2).toFixed(1)}px, ${(y - height / 2).toFixed(1)}px)`,
    });
  }

  /** Whether it stands well inside the view. @param {View} view @param {Places} places */
  inside(view, places) {
    const [x, y] = view.toScreen(places.x[this.row], places.y[this.row]);
    const edge = Math.min(90, view.zoom + 20);
    return x > edge && y > edge + 40 && x < view.width - edge && y < view.height - edge;
  }
}

// A picture on its stage: zoom at the pointer, drag, pinch and swipe. What is under the pointer stays under it.

const MOST = 8;
const STEP = 1.5;
const SWIPE = 60;
const SETTLED_MS = 140;

export class Zoom {
  /**
   * @param {HTMLElement} stage
   * @param {HTMLElement} frame  the picture in its place at fit; it is moved and scaled
   * @param {number} width       of the whole picture, pixels
   * @param {{changed: (zoom: Zoom) => void, swiped: (way: "left" | "right" | "down") => void, wheel: boolean}} host  wheel: whether it zooms also at fit and without Ctrl
   */
  constructor(stage, frame, width, host) {
    this.stage = stage;
    this.frame = frame;
    this.width = width;
    this.host = host;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    /** @type {Map<number, PointerEvent>} */
    this.fingers = new Map();
    /** @type {{x: number, y: number, moved: boolean, at: number} | null} where a drag began */
    this.began = null;
    this.timer = 0;
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => { if (!ofLink(event)) this.hundred(event.clientX, event.clientY); });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) stage.addEventListener(name, (event) => this.up(event));
    new ResizeObserver(() => { if (this.scale > 1) this.set(this.scale, this.x, this.y); else this.host.changed(this); }).observe(frame);
  }

  /** The scale at which one pixel of the picture is one of the screen. */
  get full() {
    return this.width / (this.size().width || 1) / devicePixelRatio;
  }
  /** Its size at fit, to the part of a pixel. */
  size() {
    const { width, height } = this.frame.getBoundingClientRect();
    return { width: width / this.scale, height: height / this.scale };
  }
  get zoomed() { return this.scale > 1.001; }
  /** How large it is shown: 1 is 100 %. */
  get share() { return this.scale / this.full; }

  /** @param {number} scale @param {number} x @param {number} y  where the corner of the picture lies, from its place at fit */
  set(scale, x, y) {
    const { width, height } = this.size();
    this.scale = this.within(scale);
    const [w, h] = [width * (1 - this.scale), height * (1 - this.scale)];
    // above fit it covers its place at fit, below it stands in the middle of it
    this.x = this.scale > 1 ? Math.min(0, Math.max(w, x)) : w / 2;
    this.y = this.scale > 1 ? Math.min(0, Math.max(h, y)) : h / 2;
    this.frame.style.transform = this.scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.classList.toggle("zoomed", this.zoomed);
    this.stage.classList.toggle("coarse", this.share >= 3);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.host.changed(this), SETTLED_MS);
    this.host.changed(this);
  }

  /** A scale that there is. @param {number} scale */
  within(scale) {
    const { full } = this;
    return Math.min(Math.max(MOST, MOST * full), Math.max(Math.min(1, full), scale));
  }

  /** Where the picture's place at fit begins, in the window. */
  corner() {
    const box = this.frame.getBoundingClientRect();
    return { left: box.left - this.x, top: box.top - this.y };
  }

  /** Scale so that what is under a point of the window stays there. @param {number} scale @param {number} [x] @param {number} [y] */
  at(scale, x, y) {
    const { left, top } = this.corner();
    const { width, height } = this.size();
    const px = (x ?? left + width / 2) - left;
    const py = (y ?? top + height / 2) - top;
    const to = this.within(scale);
    this.set(to, px - ((px - this.x) / this.scale) * to, py - ((py - this.y) / this.scale) * to);
  }

  fit() { this.set(1, 0, 0); }
  /** 100 % and back. @param {number} [x] @param {number} [y] */
  hundred(x, y) {
    if (Math.abs(this.scale - 1) > 0.01) this.fit();
    else this.at(Math.abs(this.full - 1) < 0.05 ? 2 : this.full, x, y);
  }
  /** @param {1 | -1} way */
  step(way) {
    const to = this.scale * STEP ** way;
    // the way back does not miss the fit
    if ((this.scale - 1) * (to - 1) < 0 && Math.abs(this.scale - 1) > 0.01) this.fit();
    else this.at(to);
  }
  /** @param {number} x @param {number} y */
  pan(x, y) { this.set(this.scale, this.x + x, this.y + y); }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!this.host.wheel && !event.ctrlKey && !this.zoomed) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 400 : 1;
    const by = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0022));
    const to = this.scale * by;
    if ((this.scale - 1) * (to - 1) < 0) this.fit();
    else this.at(to, event.clientX, event.clientY);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button || ofLink(event)) return;
    this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 1) this.began = { x: event.clientX, y: event.clientY, moved: false, at: event.timeStamp };
    if (event.pointerType === "mouse" && this.zoomed) event.preventDefault();
    if (this.zoomed || this.fingers.size > 1) this.stage.setPointerCapture(event.pointerId);
  }
  /** @param {PointerEvent} event */
  move(event) {
    const last = this.fingers.get(event.pointerId);
    if (!last || !this.began) return;
    const others = [...this.fingers.values()].filter((one) => one.pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    this.began.moved ||= Math.hypot(event.clientX - this.began.x, event.clientY - this.began.y) > 6;
    if (others.length) {
      const [other] = others;
      const before = Math.hypot(last.clientX - other.clientX, last.clientY - other.clientY) || 1;
      const now = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
      this.at(this.scale * (now / before), (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
      this.pan((event.clientX - last.clientX) / 2, (event.clientY - last.clientY) / 2);
      this.began.at = -Infinity; // what was pinched is no swipe
    } else if (this.zoomed) {
      this.stage.classList.add("dragged");
      this.pan(event.clientX - last.clientX, event.clientY - last.clientY);
    }
  }
  /** @param {PointerEvent} event */
  up(event) {
    if (!this.fingers.delete(event.pointerId) || this.fingers.size) return;
    this.stage.classList.remove("dragged");
    const { began } = this;
    this.began = null;
    if (!began || this.zoomed || event.type === "pointercancel" || event.pointerType === "mouse") return;
    const [x, y] = [event.clientX - began.x, event.clientY - began.y];
    if (event.timeStamp - began.at > 700) return;
    if (Math.abs(x) > SWIPE && Math.abs(x) > 1.5 * Math.abs(y)) this.host.swiped(x < 0 ? "left" : "right");
    else if (y > 1.5 * SWIPE && y > 1.5 * Math.abs(x)) this.host.swiped("down");
  }
}

/** Whether an event belongs to a link or a button that lies over the picture. @param {Event} event */
function ofLink(event) {
  return event.target instanceof Element && Boolean(event.target.closest("a, button"));
}

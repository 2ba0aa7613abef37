// The overview: the whole map in a corner, the part that is seen, and a hand that moves it.

/** @typedef {import("./map-places.js").Places} Places */
/** @typedef {import("./map-view.js").View} View */

export class Overview {
  /** @param {HTMLElement} place @param {View} view */
  constructor(place, view) {
    this.view = view;
    this.canvas = /** @type {HTMLCanvasElement} */ (place.querySelector("canvas"));
    this.box = /** @type {HTMLElement} */ (place.querySelector("[data-seen]"));
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    const to = (/** @type {PointerEvent} */ event) => {
      const at = this.canvas.getBoundingClientRect();
      view.look(this.left + (event.clientX - at.left) / this.scale, this.top + (event.clientY - at.top) / this.scale, view.zoom);
    };
    place.addEventListener("pointerdown", (event) => { place.setPointerCapture(event.pointerId); to(event); });
    place.addEventListener("pointermove", (event) => { if (place.hasPointerCapture(event.pointerId)) to(event); });
  }

  /** Draw all pictures as dots of their colours. @param {Places} places */
  draw(places) {
    const { canvas } = this;
    const { frame, pictures } = places;
    const [width, height] = [canvas.width, canvas.height];
    const room = canvas.clientWidth || width;
    this.scale = Math.min(width / (frame.width + 2), height / (frame.height + 2));
    const pen = canvas.getContext("2d");
    if (!pen) return;
    const image = pen.createImageData(width, height);
    const [marginX, marginY] = [(width - frame.width * this.scale) / 2, (height - frame.height * this.scale) / 2];
    const dot = Math.max(1, Math.min(5, Math.floor(this.scale)));
    const { red, green, blue } = pictures.columns;
    for (let row = 0; row < pictures.count; row++) {
      if (!pictures.shown(row)) continue;
      const x = Math.round(marginX + (places.x[row] - frame.left) * this.scale - dot / 2);
      const y = Math.round(marginY + (places.y[row] - frame.top) * this.scale - dot / 2);
      for (let dy = Math.max(0, -y); dy < dot && y + dy < height; dy++) {
        for (let dx = Math.max(0, -x); dx < dot && x + dx < width; dx++) {
          const at = 4 * ((y + dy) * width + x + dx);
          image.data[at] = red[row];
          image.data[at + 1] = green[row];
          image.data[at + 2] = blue[row];
          image.data[at + 3] = 255;
        }
      }
    }
    pen.putImageData(image, 0, 0);
    const ratio = room / width;
    this.left = frame.left - marginX / this.scale;
    this.top = frame.top - marginY / this.scale;
    this.scale *= ratio;
    this.move();
  }

  /** Show which part is seen. */
  move() {
    const [left, top, right, bottom] = this.view.seen();
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const edge = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, value));
    const x = edge((left - this.left) * this.scale, width);
    const y = edge((top - this.top) * this.scale, height);
    Object.assign(this.box.style, {
      transform: `translate(${x}px, ${y}px)`,
      width: `${Math.max(4, edge((right - this.left) * this.scale, width) - x)}px`,
      height: `${Math.max(4, edge((bottom - this.top) * this.scale, height) - y)}px`,
    });
  }
}

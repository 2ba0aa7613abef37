// Names on the map: trends beside their exemplars, periods along the axis of time. None covers another; near, they fade.

/** @typedef {import("./map-data.js").Pictures} Pictures */
/** @typedef {import("./map-places.js").Places} Places */
/** @typedef {import("./map-view.js").View} View */

const MOST = 16;
const MOST_NARROW = 8;
/** Pixels of a picture up to which exemplars stand with their names, and from which names begin and end to fade. */
const PICTURED = 26;
const FADE = [90, 190];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** As "14 June 2025" for 2025-06-14, "June 2025" for 2025-06. @param {string} text */
export function period(text) {
  const [year, month, day] = text.slice(0, 10).split("-");
  if (!month) return year;
  const name = MONTHS[Number(month) - 1];
  return day ? `${Number(day)} ${name} ${year}` : `${name} ${year}`;
}

export class Labels {
  /** @param {HTMLElement} place @param {HTMLElement} axis @param {Pictures} pictures @param {() => void} arrived */
  constructor(place, axis, pictures, arrived) {
    this.place = place;
    this.axis = axis;
    this.pictures = pictures;
    this.arrived = arrived;
    /** @type {{number: number, element: HTMLElement, row: number}[]} */
    this.shown = [];
    /** @type {Map<number, HTMLElement>} */
    this.made = new Map();
    this.ticks = pictures.about.ticks.map((tick) => {
      const element = document.createElement("span");
      element.textContent = period(tick.label);
      return { at: tick.at, element };
    });
    axis.replaceChildren(...this.ticks.map((tick) => tick.element));
  }

  /** Choose which names stand; seldom, since names must not flicker. @param {View} view @param {Places} places */
  choose(view, places) {
    const timed = places.layout === "time";
    this.axis.hidden = !timed;
    this.shown = [];
    if (!timed && view.zoom < FADE[1]) {
      const most = view.width < 720 ? MOST_NARROW : MOST;
      const pictured = view.zoom < PICTURED;
      /** @type {[number, number, number, number][]} */
      const taken = [];
      /** @type {number[]} */
      const unnamed = [];
      const { trends } = this.pictures.about;
      for (let number = 0; number < trends.length && this.shown.length < most; number++) {
        const trend = trends[number];
        if (!this.pictures.shown(trend.row)) continue;
        const [x, y] = view.toScreen(places.x[trend.row], places.y[trend.row]);
        const name = trend.name ?? "";
        const half = 8 + 3.6 * (name.length || 18);
        const box = /** @type {[number, number, number, number]} */ ([x - half, y - (pictured ? 41 : 14), x + half, y + (pictured ? 41 : 14)]);
        if (x < half || y < 60 || x > view.width - half || y > view.height - 40) continue;
        if (taken.some((other) => box[0] < other[2] + 6 && box[2] > other[0] - 6 && box[1] < other[3] + 4 && box[3] > other[1] - 4)) continue;
        taken.push(box);
        if (!name) {
          if (!this.pictures.naming.has(number)) unnamed.push(number);
          continue;
        }
        this.shown.push({ number, element: this.element(number), row: trend.row });
      }
      if (unnamed.length) this.pictures.name(unnamed.slice(0, 24)).then(this.arrived, () => {});
    }
    const now = new Set(this.shown.map((one) => one.element));
    for (const element of [...this.place.children]) if (!now.has(/** @type {HTMLElement} */ (element))) element.remove();
    for (const element of now) if (!element.isConnected) this.place.append(element);
    this.move(view, places);
  }

  /** @param {number} number */
  element(number) {
    let element = this.made.get(number);
    if (!element) {
      const { name, exemplar } = this.pictures.about.trends[number];
      element = document.createElement("span");
      element.className = "lab";
      const image = document.createElement("img");
      image.alt = "";
      image.src = `/thumb/${exemplar}/256.jpg`;
      const text = document.createElement("span");
      text.textContent = name ?? "";
      element.append(image, text);
      this.made.set(number, element);
    }
    return element;
  }

  /** Keep names where their exemplars are. @param {View} view @param {Places} places */
  move(view, places) {
    const fade = Math.min(1, Math.max(0, (FADE[1] - view.zoom) / (FADE[1] - FADE[0])));
    this.place.classList.toggle("pictured", view.zoom < PICTURED);
    this.place.style.opacity = String(fade);
    for (const { element, row } of this.shown) {
      const [x, y] = view.toScreen(places.x[row], places.y[row]);
      element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    }
    if (this.axis.hidden) return;
    let end = -Infinity;
    for (const { at, element } of this.ticks) {
      const [x] = view.toScreen(at, 0);
      const hidden = x < end || x < -80 || x > view.width;
      element.classList.toggle("away", hidden);
      if (hidden) continue;
      element.style.transform = `translateX(${x.toFixed(1)}px)`;
      end = x + 14 + 7 * (element.textContent ?? "").length;
    }
  }
}

// The grid: of all pictures only those in view are in the page. It draws bands of a layout, keeps the place by picture
// and not by pixel, and walks by the keyboard; what is picked and rated is for others.

import { across, arrange, bandAt, bandOf, sectionOf } from "./layout.js";
import { blobs, cellOf, fill, headOf, load, name, tileFor, tileOf, unblob, unload } from "./cells.js";
import { Reach } from "./reach.js";

/** @typedef {import("./columns.js").Columns} Columns */

const ROWS = 100;
const FLING = 1.2;
const SETTLED_MS = 90;
const RESTED_MS = 250;
const HEAD = 44;
const HEAD_FIRST = 30;

export class Grid {
  /**
   * @param {HTMLElement} element   takes the role of a grid; pictures that the server drew in it are taken over
   * @param {{rows: (start: number, count: number) => Promise<import("./cells.js").Told[]>, href: (id: string) => string, moved?: () => void}} source
   */
  constructor(element, source) {
    this.element = element;
    this.source = source;
    /** @type {Columns | null} */
    this.columns = null;
    /** @type {import("./layout.js").Layout} */
    this.layout = arrange(new Float32Array(0), new Uint32Array(1), false, { width: 1, row: 1, gap: 0, square: false, head: 0, headFirst: 0 });
    /** @type {Map<number, HTMLElement>} bands in the page */
    this.bands = new Map();
    /** @type {Map<string, HTMLAnchorElement>} tiles that the server drew */
    this.adopted = new Map();
    /** @type {Map<number, import("./cells.js").Told[] | null>} what is known of each hundred; null while asked for */
    this.told = new Map();
    this.current = 0;
    this.square = false;
    this.lastTop = scrollY;
    this.timer = 0;
    this.rested = 0;
    this.frame = 0;
    this.reach = new Reach(element, () => { for (const [band, drawn] of this.bands) this.place(band, drawn); });
    addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.relayout()).observe(element);
    element.addEventListener("load", (event) => unblob(event.target), true);
    element.addEventListener("focusin", (event) => {
      const at = this.focused();
      if (at >= 0) this.choose(at);
    });
  }

  // ---- what is shown ----

  /** Ids of the pictures whose places matter when other columns come: at the top, chosen, with the focus. */
  held() {
    const { columns } = this;
    if (!columns?.count) return [];
    return [this.anchor()?.id, columns.idAt(this.current), this.focusedId()].filter((id) => id);
  }

  /**
   * Show other columns; the picture at the top stays where it is.
   * @param {Columns} columns @param {Map<string, number>} places  of what is `held`, as far as they are known
   */
  set(columns, places) {
    const placeOf = (/** @type {string} */ id) => places.get(id) ?? columns.placeOf(id);
    const anchor = this.columns ? this.anchor() : null;
    const focused = this.focusedId();
    const chosen = this.columns?.count ? this.columns.idAt(this.current) : "";
    this.columns = columns;
    columns.came = () => this.learn();
    this.told.clear();
    const again = chosen ? placeOf(chosen) : -1;
    this.current = Math.max(0, Math.min(again >= 0 ? again : this.current, columns.count - 1));
    this.measure();
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", "pictures");
    this.element.setAttribute("aria-multiselectable", "true");
    const found = anchor ? placeOf(anchor.id) : -1;
    this.again(anchor && { ...anchor, at: found >= 0 ? found : anchor.at }, focused ? placeOf(focused) : -1);
  }

  /** Draw everything anew, with the tiles that there are. @param {{at: number, offset: number} | null} anchor @param {number} focused */
  again(anchor, focused) {
    for (const tile of this.element.querySelectorAll(".tile[data-id]")) if (tile instanceof HTMLAnchorElement) this.adopted.set(tile.dataset.id ?? "", tile);
    this.bands.clear();
    this.element.replaceChildren();
    this.element.setAttribute("aria-rowcount", String(this.layout.count));
    if (anchor && scrollY > 4) this.restore(anchor);
    this.render();
    this.adopted.clear();
    if (focused >= 0) this.focus(focused, true);
  }

  /** Lay out again after the width, the size or the form changed. */
  relayout() {
    if (!this.columns || (this.width === this.element.clientWidth && !this.stale)) return;
    this.stale = false;
    const anchor = this.anchor();
    const focused = this.focused();
    this.measure();
    this.again(anchor, focused);
  }

  /** Rows or squares, and the size, were chosen anew. */
  reshape() {
    this.stale = true;
    this.relayout();
  }

  measure() {
    if (!this.columns) return;
    const style = getComputedStyle(this.element);
    this.width = this.element.clientWidth;
    this.square = document.documentElement.dataset.layout === "square";
    this.row = Number.parseFloat(style.getPropertyValue("--row"));
    this.gap = Number.parseFloat(style.getPropertyValue("--gap"));
    this.layout = arrange(this.columns.ratio, this.columns.starts, this.columns.kind !== "", { width: this.width, row: this.row, gap: this.gap, square: this.square, head: HEAD, headFirst: HEAD_FIRST });
    this.reach.set(this.layout.total);
  }

  // ---- drawing ----

  soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.reach.moved();
      this.render();
      this.source.moved?.(); // it finds the place as it was measured, and so does not lay out again
    });
  }

  /** Height of the part of the grid that lies above the view. */
  above() {
    return this.reach.above();
  }

  render() {
    if (!this.columns || !this.layout.count) return;
    const y = this.above();
    const flung = Math.abs(y - this.lastTop) > FLING * innerHeight;
    this.lastTop = y;
    this.seen = y;
    // while the view flies there is no use in what lies beyond it
    const beyond = flung ? 0.05 : 0.75;
    const low = bandAt(this.layout, y - beyond * innerHeight);
    const high = bandAt(this.layout, y + (1 + beyond) * innerHeight);
    const focused = tileOf(document.activeElement)?.closest(".band");
    for (const [band, element] of this.bands) {
      if ((band >= low && band <= high) || element === focused) continue;
      for (const image of element.querySelectorAll("img")) unload(image);
      element.remove();
      this.bands.delete(band);
    }
    // from the last to the first, each before the one that follows it: who listens hears them in order
    let next = [...this.bands.keys()].filter((band) => band > high).sort((one, other) => one - other).map((band) => this.bands.get(band))[0] ?? null;
    for (let band = high; band >= low; band -= 1) next = this.bands.get(band) ?? this.draw(band, flung, next);
    this.settle();
    this.columns.want(this.layout.first[low], this.layout.first[high + 1]);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (flung ? this.render() : this.settled()), flung ? SETTLED_MS : 30);
    clearTimeout(this.rested);
    this.rested = setTimeout(() => this.reach.rest(), RESTED_MS);
  }

  /** Bring a band to its height. @param {number} band @param {HTMLElement} element */
  place(band, element) {
    element.style.transform = `translateY(${this.layout.top[band] - this.reach.shift}px)`;
  }

  /** @param {number} band @param {boolean} flung @param {HTMLElement | null} before */
  draw(band, flung, before) {
    const { layout } = this;
    const columns = /** @type {Columns} */ (this.columns);
    const element = document.createElement("div");
    element.className = "band";
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", String(band + 1));
    this.place(band, element);
    element.style.height = `${layout.height[band]}px`;
    const section = layout.heading[band];
    if (section >= 0) element.append(headOf(columns.sections[section]));
    else {
      for (let at = layout.first[band]; at < layout.first[band + 1]; at += 1) {
        const id = columns.idAt(at);
        const tile = this.adopted.get(id) ?? tileFor(id, id && this.source.href(id), columns.colourAt(at));
        const cell = cellOf(tile, at, columns.count);
        cell.setAttribute("aria-colindex", String(at - layout.first[band] + 1));
        cell.style.width = `${(this.square ? 1 : columns.ratio[at]) * layout.height[band]}px`;
        const told = this.told.get(Math.floor(at / ROWS))?.[at % ROWS];
        if (id && told?.id === id) fill(cell, told);
        if (id && !flung) load(tile, layout.height[band] * Math.max(1, columns.ratio[at]));
        element.append(cell);
      }
    }
    this.bands.set(band, element);
    this.element.insertBefore(element, before);
    return element;
  }

  /** Ids and colours came: tiles that were drawn without get theirs. */
  learn() {
    const columns = /** @type {Columns} */ (this.columns);
    for (const tile of this.element.querySelectorAll(".tile:not([data-id])")) {
      const at = Number(/** @type {HTMLElement} */ (tile).dataset.at);
      const id = columns.idAt(at);
      if (!id || !(tile instanceof HTMLAnchorElement)) continue;
      name(tile, id, this.source.href(id), columns.colourAt(at));
      const told = this.told.get(Math.floor(at / ROWS))?.[at % ROWS];
      if (told?.id === id && tile.parentElement) fill(tile.parentElement, told);
    }
    this.settled();
  }

  /** The view rests: every picture in it is asked for, and what its tile says. */
  settled() {
    const { columns, layout } = this;
    if (!columns) return;
    let low = Infinity;
    let high = -1;
    for (const [band, element] of this.bands) {
      if (layout.heading[band] >= 0) continue;
      low = Math.min(low, layout.first[band]);
      high = Math.max(high, layout.first[band + 1] - 1);
      for (const tile of element.querySelectorAll(".tile[data-id]")) {
        if (tile instanceof HTMLAnchorElement) load(tile, layout.height[band] * Math.max(1, columns.ratio[Number(tile.dataset.at)]));
      }
    }
    // what one may scroll to next is asked for once this is here
    const ahead = columns.missing(low, high + 1).length ? 0 : 4 * (high - low + 1);
    columns.want(low - ahead, high + 1 + ahead);
    for (let hundred = Math.floor(low / ROWS); hundred <= Math.floor(high / ROWS); hundred += 1) this.ask(hundred);
  }

  /** @param {number} hundred */
  async ask(hundred) {
    if (this.told.has(hundred) || !this.columns) return;
    const columns = this.columns;
    this.told.set(hundred, null);
    try {
      const found = await this.source.rows(hundred * ROWS, ROWS);
      if (this.columns !== columns) return;
      this.told.set(hundred, found);
      const known = new Map(found.map((one) => [one.id, one]));
      for (const cell of this.element.querySelectorAll(".cell")) {
        const tile = tileOf(cell.firstElementChild);
        const told = known.get(tile?.dataset.id ?? "");
        if (!told || !(cell instanceof HTMLElement) || !tile) continue;
        fill(cell, told);
        blobs(tile, told, columns.ratio[Number(tile.dataset.at)]);
      }
    } catch {
      this.told.delete(hundred); // asked again when the view next rests
    }
  }

  /** What is known of the tiles is old. */
  forget() {
    this.told.clear();
    this.settled();
  }

  // ---- places ----

  /** The picture at the top of the view, and how far above it the view begins. */
  anchor() {
    const { columns, layout } = this;
    if (!columns || !layout.count) return null;
    const y = this.above() + 60;
    const band = bandAt(layout, y);
    const at = Math.min(layout.first[band], columns.count - 1);
    return { id: columns.idAt(at), at, offset: layout.top[bandOf(layout, at)] - (y - 60) };
  }

  /** Scroll so that a picture lies where `anchor` found it. @param {{at: number, offset: number}} anchor */
  restore({ at, offset }) {
    const { columns, layout } = this;
    if (columns?.count) this.reach.to(layout.top[bandOf(layout, Math.min(at, columns.count - 1))] - offset);
  }

  /** The number of the section at the top of the view. */
  section() {
    const { columns, layout } = this;
    if (!columns?.count) return 0;
    return sectionOf(columns.starts, Math.min(layout.first[bandAt(layout, (this.seen ?? this.above()) + 90)], columns.count - 1));
  }

  /** Bring a section to the top. @param {number} section */
  go(section) {
    this.reach.to(section <= 0 ? -this.reach.start : this.layout.top[this.layout.headBand[section]] - 58);
  }

  // ---- the keyboard ----

  /** The place that has the focus; -1 where it is elsewhere. */
  focused() {
    const tile = document.activeElement;
    return tile instanceof HTMLElement && this.element.contains(tile) ? Number(tile.dataset.at ?? -1) : -1;
  }

  focusedId() {
    return tileOf(document.activeElement)?.dataset.id ?? null;
  }

  /** @param {number} at @returns {HTMLAnchorElement | null} */
  tileAt(at) {
    const band = this.bands.get(bandOf(this.layout, at));
    return /** @type {HTMLAnchorElement | null} */ (band?.querySelector(`.tile[data-at="${at}"]`) ?? null);
  }

  /** Whether some of a picture can be seen. @param {number} at */
  inView(at) {
    const band = bandOf(this.layout, at);
    const top = this.layout.top[band] - this.above();
    return at >= 0 && top + this.layout.height[band] > 70 && top < innerHeight - 20;
  }

  /** Make one tile the tab stop. @param {number} at */
  choose(at) {
    this.current = at;
    this.settle();
  }

  /** One tab stop: the current tile, or the first in view where that one is far. */
  settle() {
    let stop = this.tileAt(this.current);
    if (!stop) {
      const y = this.seen ?? this.above(); // where the view is now would be asked of a page to be laid out anew
      let band = bandAt(this.layout, y + 60);
      while (band < this.layout.count - 1 && this.layout.heading[band] >= 0) band += 1;
      this.current = this.layout.first[band];
      stop = this.tileAt(this.current);
    }
    for (const tile of this.element.querySelectorAll('.tile[tabindex="0"]')) if (tile !== stop && tile instanceof HTMLElement) tile.tabIndex = -1;
    if (stop) stop.tabIndex = 0;
  }

  /** Focus a picture, wherever it is. @param {number} at @param {boolean} [still]  without scrolling */
  focus(at, still = false) {
    const { layout, columns } = this;
    if (!columns || at < 0 || at >= columns.count) return;
    const band = bandOf(layout, at);
    if (!still) {
      const y = this.above();
      const high = y + 64;
      const low = y + innerHeight - 84;
      // the heading of a first row comes along
      const top = layout.top[band] - (band && layout.heading[band - 1] >= 0 ? HEAD : 0);
      const bottom = layout.top[band] + layout.height[band];
      if (top < high) this.reach.to(y + top - high);
      else if (bottom > low) this.reach.to(y + Math.min(bottom - low, top - high));
    }
    this.render();
    this.current = at;
    this.settle();
    this.tileAt(at)?.focus({ preventScroll: true });
  }

  /** Walk from the picture with the focus; without one, to the first in view. @param {string} way @returns {number} where it went; -1 nowhere */
  walk(way) {
    const { columns, layout } = this;
    if (!columns?.count) return -1;
    const from = this.focused();
    const last = columns.count - 1;
    let to = -1;
    if (from < 0) {
      if (way === "left" || way === "right") { this.settle(); to = this.visible(); } else return -1;
    } else if (way === "left" || way === "right") to = from + (way === "right" ? 1 : -1);
    else if (way === "up" || way === "down") to = across(layout, columns.ratio, from, way === "down" ? 1 : -1, this.square);
    else if (way === "first") to = 0;
    else if (way === "last") to = last;
    else {
      const step = way === "pagedown" ? 1 : -1;
      const goal = layout.top[bandOf(layout, from)] + step * (innerHeight - 160);
      to = from;
      for (let next = from; next >= 0; next = across(layout, columns.ratio, to, step, this.square)) {
        to = next;
        if (step * (layout.top[bandOf(layout, to)] - goal) >= 0) break;
      }
    }
    if (to < 0 || to > last || to === from) return -1;
    this.focus(to);
    return to;
  }

  /** The first picture that is whole in view. */
  visible() {
    const y = this.above() + 52;
    let band = bandAt(this.layout, Math.max(0, y));
    if (this.layout.top[band] < y - 1 || this.layout.heading[band] >= 0) band = Math.min(band + 1, this.layout.count - 1);
    if (this.layout.heading[band] >= 0) band = Math.min(band + 1, this.layout.count - 1);
    return this.layout.first[band];
  }
}

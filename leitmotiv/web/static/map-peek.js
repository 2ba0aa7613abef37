// What lies under the pointer, or at the cursor: a larger picture with its trend, its date and its size, beside it.

import { period } from "./map-labels.js";

/** @typedef {import("./map-data.js").Pictures} Pictures */
/** @typedef {import("./map-places.js").Places} Places */
/** @typedef {import("./map-view.js").View} View */

const WAIT_MS = 90;
const WIDTH = 230;
/** Pixels of a picture from which it is large enough without a peek. */
const LARGE = 260;

export class Peek {
  /** @param {HTMLElement} figure @param {Pictures} pictures */
  constructor(figure, pictures) {
    this.figure = figure;
    this.pictures = pictures;
    this.image = /** @type {HTMLImageElement} */ (figure.querySelector("img"));
    this.name = /** @type {HTMLElement} */ (figure.querySelector(".name"));
    this.hint = /** @type {HTMLElement} */ (figure.querySelector(".hint"));
    this.row = -1;
    this.timer = 0;
  }

  hide() {
    clearTimeout(this.timer);
    this.row = -1;
    this.figure.hidden = true;
  }

  /** @param {number} row @param {View} view @param {Places} places */
  at(row, view, places) {
    if (row < 0 || view.zoom > LARGE) { this.hide(); return; }
    if (row === this.row) return;
    this.row = row;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(row, view, places), this.figure.hidden ? WAIT_MS : 0);
  }

  /** @param {number} row @param {View} view @param {Places} places */
  async show(row, view, places) {
    const [one] = await this.pictures.pictures([row]).catch(() => []);
    if (!one || row !== this.row) return;
    if (one.trend !== null) await this.pictures.name([one.trend]).catch(() => {});
    if (row !== this.row) return;
    const trend = one.trend === null ? "" : this.pictures.about.trends[one.trend].name;
    this.image.src = `/thumb/${one.id}/512.jpg`;
    this.image.style.aspectRatio = String(one.width / one.height);
    this.name.textContent = trend || one.name;
    this.hint.textContent = `${period(one.taken)} · ${one.width} × ${one.height}${trend ? ` · ${one.name}` : ""}`;
    const [x, y] = view.toScreen(places.x[row], places.y[row]);
    const [w] = places.half(row);
    const right = x + w * view.zoom + 12;
    const left = right + WIDTH < view.width - 8 ? right : x - w * view.zoom - 12 - WIDTH;
    const height = Math.min(300, (WIDTH * one.height) / one.width) + 62;
    const top = Math.max(70, Math.min(y - height / 2, view.height - height - 12));
    Object.assign(this.figure.style, { left: `${Math.max(8, left)}px`, top: `${top}px` });
    this.figure.hidden = false;
  }

  /** In words. @param {number} row @returns {Promise<string>} */
  async words(row) {
    const [one] = await this.pictures.pictures([row]).catch(() => []);
    if (!one) return "";
    if (one.trend !== null) await this.pictures.name([one.trend]).catch(() => {});
    const trend = one.trend === null ? "" : this.pictures.about.trends[one.trend].name;
    return [one.name, period(one.taken), trend].filter(Boolean).join(", ");
  }
}

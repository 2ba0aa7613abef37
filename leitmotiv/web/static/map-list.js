// The list: what the map shows now, as a table in reading order, page by page; it stands in for the map where there is none.

import { period } from "./map-labels.js";
import { picks } from "./picks.js";

/** @typedef {import("./map-data.js").Pictures} Pictures */
/** @typedef {import("./map-places.js").Places} Places */

const PAGE = 50;

export class List {
  /** @param {HTMLElement} panel @param {Pictures} pictures @param {(row: number) => void} [show] */
  constructor(panel, pictures, show) {
    this.panel = panel;
    this.pictures = pictures;
    this.show = show;
    this.body = /** @type {HTMLElement} */ (panel.querySelector("tbody"));
    this.sum = /** @type {HTMLElement} */ (panel.querySelector("[data-sum]"));
    this.before = /** @type {HTMLButtonElement} */ (panel.querySelector('[data-do="before"]'));
    this.after = /** @type {HTMLButtonElement} */ (panel.querySelector('[data-do="after"]'));
    /** @type {number[]} */
    this.rows = [];
    this.from = 0;
    this.turn = 0;
    this.before.addEventListener("click", () => this.page(this.from - PAGE));
    this.after.addEventListener("click", () => this.page(this.from + PAGE));
    picks.addEventListener("change", () => this.mark());
  }

  /** @param {Places} places @param {[number, number, number, number]} seen */
  fill(places, [left, top, right, bottom]) {
    /** @type {number[]} */
    const rows = [];
    places.within(left, top, right, bottom, (row) => rows.push(row));
    // lines of about a picture's height, from the left in each
    const line = (/** @type {number} */ row) => Math.floor(places.y[row] - top);
    rows.sort((one, other) => line(one) - line(other) || places.x[one] - places.x[other]);
    const same = rows.length === this.rows.length && rows.every((row, at) => row === this.rows[at]);
    if (same && this.body.children.length) return;
    this.rows = rows;
    this.page(0);
  }

  /** @param {number} from */
  async page(from) {
    const turn = ++this.turn;
    this.from = Math.max(0, Math.min(from, Math.max(0, this.rows.length - 1)));
    const some = this.rows.slice(this.from, this.from + PAGE);
    this.sum.textContent = some.length
      ? `${this.from + 1}–${this.from + some.length} of ${this.rows.length.toLocaleString("en")} in view`
      : "Nothing is in view here. Go farther (−), or to everything (0).";
    this.before.disabled = this.from === 0;
    this.after.disabled = this.from + PAGE >= this.rows.length;
    const found = await this.pictures.pictures(some).catch(() => []);
    if (turn !== this.turn) return;
    const lines = found.map((one) => this.line(one));
    this.body.replaceChildren(...lines);
    this.mark();
    // names may have to be made: nobody waits for them
    const numbers = [...new Set(found.map((one) => one.trend).filter((one) => one !== null))];
    void this.pictures.name(/** @type {number[]} */ (numbers)).then(() => found.forEach(({ trend }, at) => {
      if (trend !== null) lines[at].cells[4].textContent = this.pictures.about.trends[trend].name ?? "";
    }));
  }

  /** @param {import("./map-data.js").Picture} one */
  line(one) {
    const line = document.createElement("tr");
    line.dataset.id = one.id;
    const pick = document.createElement("input");
    pick.type = "checkbox";
    pick.setAttribute("aria-label", `Pick ${one.name}`);
    pick.addEventListener("change", () => (pick.checked ? picks.add([one.id]) : picks.remove([one.id])));
    const image = document.createElement("img");
    image.src = `/thumb/${one.id}/256.jpg`;
    image.alt = "";
    image.loading = "lazy";
    const link = document.createElement("a");
    link.href = `/images/${one.id}`;
    link.textContent = one.name;
    link.addEventListener("focus", () => this.show?.(one.row));
    const trend = one.trend === null ? null : this.pictures.about.trends[one.trend];
    for (const part of [pick, image, link, period(one.taken), trend?.name ?? ""]) {
      const cell = document.createElement("td");
      cell.append(part);
      line.append(cell);
    }
    line.addEventListener("pointerenter", () => this.show?.(one.row));
    return line;
  }

  mark() {
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (this.body.querySelectorAll("tr[data-id]"))) {
      const on = picks.has(line.dataset.id ?? "");
      line.classList.toggle("picked", on);
      const box = line.querySelector("input");
      if (box) box.checked = on;
    }
  }
}

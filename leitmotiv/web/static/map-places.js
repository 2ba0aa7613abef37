// Where the pictures of one layout lie: a grid of buckets answers what is under a point, in a box, inside a lasso.

/** Units of a picture to the side of a bucket. */
const BUCKET = 2;
/** Longest side of a drawn picture, in units: a little air stays between two. */
export const SIDE = 0.94;

/** @typedef {import("./map-data.js").Pictures} Pictures */

export class Places {
  /** @param {Pictures} pictures @param {string} layout */
  constructor(pictures, layout) {
    this.pictures = pictures;
    this.layout = layout;
    const frame = this.frame = pictures.frame(layout);
    const { count } = pictures;
    const [across, down] = [pictures.columns[`${layout}-x`], pictures.columns[`${layout}-y`]];
    const step = frame.extent / 65535;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.columns = Math.floor(frame.width / BUCKET) + 1;
    this.lines = Math.floor(frame.height / BUCKET) + 1;
    const bucket = new Uint32Array(count);
    this.starts = new Uint32Array(this.columns * this.lines + 1);
    for (let row = 0; row < count; row++) {
      this.x[row] = frame.left + across[row] * step;
      this.y[row] = frame.top + down[row] * step;
      const column = Math.min(this.columns - 1, Math.floor((across[row] * step) / BUCKET));
      const line = Math.min(this.lines - 1, Math.floor((down[row] * step) / BUCKET));
      bucket[row] = line * this.columns + column;
      if (pictures.shown(row)) this.starts[bucket[row] + 1]++;
    }
    for (let at = 1; at < this.starts.length; at++) this.starts[at] += this.starts[at - 1];
    this.sorted = new Uint32Array(this.starts[this.starts.length - 1]);
    const next = this.starts.slice();
    for (let row = 0; row < count; row++) if (pictures.shown(row)) this.sorted[next[bucket[row]]++] = row;
  }

  /** Visit rows whose middle lies in a box. @param {number} left @param {number} top @param {number} right @param {number} bottom @param {(row: number) => void} visit */
  within(left, top, right, bottom, visit) {
    const { frame, columns, lines, starts, sorted, x, y } = this;
    const first = Math.max(0, Math.floor((left - frame.left) / BUCKET));
    const last = Math.min(columns - 1, Math.floor((right - frame.left) / BUCKET));
    const from = Math.max(0, Math.floor((top - frame.top) / BUCKET));
    const to = Math.min(lines - 1, Math.floor((bottom - frame.top) / BUCKET));
    if (last < first) return;
    for (let line = from; line <= to; line++) {
      const end = starts[line * columns + last + 1];
      for (let at = starts[line * columns + first]; at < end; at++) {
        const row = sorted[at];
        if (x[row] >= left && x[row] <= right && y[row] >= top && y[row] <= bottom) visit(row);
      }
    }
  }

  /** Half the width and height of a drawn picture. @param {number} row @returns {[number, number]} */
  half(row) {
    const ratio = this.pictures.ratio(row);
    return ratio >= 1 ? [SIDE / 2, SIDE / 2 / ratio] : [(SIDE / 2) * ratio, SIDE / 2];
  }

  /** The picture under a point: the uppermost, or within `slack` the nearest; -1 for none. @param {number} px @param {number} py @param {number} slack */
  at(px, py, slack) {
    let found = -1;
    let best = slack;
    this.within(px - 0.5 - slack, py - 0.5 - slack, px + 0.5 + slack, py + 0.5 + slack, (row) => {
      const [w, h] = this.half(row);
      const apart = Math.hypot(Math.max(0, Math.abs(px - this.x[row]) - w), Math.max(0, Math.abs(py - this.y[row]) - h));
      if (apart < best || (apart === 0 && (best > 0 || row > found))) [found, best] = [row, apart];
    });
    return found;
  }

  /** The nearest picture to a point. @param {number} px @param {number} py */
  nearest(px, py) {
    for (let reach = 1; reach <= 2 * this.frame.extent + 2 * BUCKET; reach *= 2) {
      let found = -1;
      let best = reach;
      this.within(px - reach, py - reach, px + reach, py + reach, (row) => {
        const apart = Math.hypot(this.x[row] - px, this.y[row] - py);
        if (apart <= best) [found, best] = [row, apart];
      });
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The next picture from one in a direction; -1 where there is none. @param {number} from @param {number} dx @param {number} dy */
  toward(from, dx, dy) {
    for (let reach = 2; reach <= 2 * this.frame.extent + 2 * BUCKET; reach *= 2) {
      let found = -1;
      let best = Infinity;
      const [x, y] = [this.x[from], this.y[from]];
      this.within(x - reach, y - reach, x + reach, y + reach, (row) => {
        const along = (this.x[row] - x) * dx + (this.y[row] - y) * dy;
        const aside = Math.abs((this.x[row] - x) * dy) + Math.abs((this.y[row] - y) * dx);
        if (row === from || along < 0.05 || aside > along + 0.4) return;
        const cost = along + 2 * aside;
        if (cost < best) [found, best] = [row, cost];
      });
      if (found >= 0 && best <= reach) return found;
      if (found >= 0 && reach > this.frame.extent) return found;
    }
    return -1;
  }

  /** Rows inside a polygon of world points, x and y in turn. @param {number[]} line */
  inside(line) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < line.length; at += 2) {
      left = Math.min(left, line[at]);
      right = Math.max(right, line[at]);
      top = Math.min(top, line[at + 1]);
      bottom = Math.max(bottom, line[at + 1]);
    }
    /** @type {number[]} */
    const rows = [];
    this.within(left, top, right, bottom, (row) => { if (encloses(line, this.x[row], this.y[row])) rows.push(row); });
    return rows;
  }

  /** The box around some rows; around all without any. @param {number[]} [rows] @returns {[number, number, number, number]} */
  bounds(rows) {
    if (!rows?.length) return [this.frame.left, this.frame.top, this.frame.left + this.frame.width, this.frame.top + this.frame.height];
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const row of rows) {
      left = Math.min(left, this.x[row]);
      right = Math.max(right, this.x[row]);
      top = Math.min(top, this.y[row]);
      bottom = Math.max(bottom, this.y[row]);
    }
    return [left, top, right, bottom];
  }
}

/** Whether a polygon encloses a point: a ray to the right crosses it an odd number of times. @param {number[]} line @param {number} x @param {number} y */
export function encloses(line, x, y) {
  let odd = false;
  for (let at = 0, before = line.length - 2; at < line.length; before = at, at += 2) {
    const [ax, ay, bx, by] = [line[at], line[at + 1], line[before], line[before + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

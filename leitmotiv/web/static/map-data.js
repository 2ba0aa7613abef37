// What the map knows of its pictures: columns of numbers, read once; ids, names and dates are asked for when they are needed.

/** @typedef {{name: string, left: number, top: number, width: number, height: number, extent: number}} Frame */
/** @typedef {{id: number, size: number, row: number, name?: string, exemplar?: string}} Trend */
/** @typedef {{row: number, id: string, name: string, path: string, taken: string, width: number, height: number, trend: number | null}} Picture */
/**
 * @typedef {object} About
 * @property {number} count
 * @property {number} later
 * @property {number} unplaced
 * @property {boolean} working
 * @property {Frame[]} layouts
 * @property {{at: number, label: string}[]} ticks
 * @property {Trend[]} trends
 * @property {Record<string, {offset: number, bytes: number}>} columns
 * @property {string} columns_url
 * @property {string} ids_url
 * @property {boolean} large   ids are not fetched all together for a few of them
 * @property {Record<string, number>} sprites   pixels of a cell to pictures of a sheet
 * @property {string} stamp
 */

export const NO_TREND = 65535;
export const ABSENT = 1;
export const GONE = 2;
export const LATER = 4;
const ASKED = 200;
const FEW = 60;
const PLAIN = ["trend", "red", "green", "blue", "shape", "flags"];

/** @param {string} address */
async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => null);
    throw new Error(problem?.detail ?? `The server refused (${answer.status}).`);
  }
  return answer;
}

/** The address with what counts as alike on this page. @param {string} address */
export function withLikeness(address) {
  const by = new URLSearchParams(location.search).get("by");
  return by ? `${address}${address.includes("?") ? "&" : "?"}by=${encodeURIComponent(by)}` : address;
}

/** All pictures of the map, by row. */
export class Pictures {
  /** @param {About} about */
  constructor(about) {
    this.about = about;
    this.count = about.count;
    /** @type {Record<string, Uint16Array | Uint8Array>} */
    this.columns = {};
    this.bytes = 0;
    /** @type {Uint16Array | Uint8Array} */
    this.flags = new Uint8Array(0);
    /** Width by height of each shape number. */
    this.ratios = Float32Array.from({ length: 256 }, (_, shape) => 2 ** ((shape - 128) / 32));
    /** @type {Promise<DataView> | null} */
    this.asked = null;
    /** @type {Map<number, Picture>} */
    this.known = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.naming = new Map();
    /** @type {Set<number>} */
    this.wished = new Set();
    /** @type {Promise<void> | null} */
    this.wishing = null;
  }

  static async load() {
    /** @type {About} */
    const about = await (await ask(withLikeness("/api/v1/map"))).json();
    const pictures = new Pictures(about);
    await pictures.need("look", PLAIN);
    pictures.flags = pictures.columns.flags;
    return pictures;
  }

  /** Have the columns of a layout, and others, which come with the first. @param {string} layout @param {string[]} [others] */
  async need(layout, others = []) {
    const names = [`${layout}-x`, `${layout}-y`, ...others].filter((name) => !this.columns[name]);
    if (!names.length) return;
    const url = this.about.columns_url;
    const bytes = await (await ask(`${url}${url.includes("?") ? "&" : "?"}only=${names.join(",")}`)).arrayBuffer();
    let at = 0;
    for (const name of names) {
      const width = this.about.columns[name].bytes;
      this.columns[name] = width === 2 ? new Uint16Array(bytes, at, this.count) : new Uint8Array(bytes, at, this.count);
      at += width * this.count;
    }
    this.bytes += bytes.byteLength;
  }

  /** @param {string} layout @returns {Frame} */
  frame(layout) {
    return this.about.layouts.find((one) => one.name === layout) ?? this.about.layouts[0];
  }

  /** @param {number} row */
  ratio(row) { return this.ratios[this.columns.shape[row]]; }

  /** @param {number} row */
  shown(row) { return !(this.flags[row] & GONE); }

  /** All ids, 32 bytes each. @returns {Promise<DataView>} */
  all() {
    this.asked ??= ask(this.about.ids_url).then((answer) => answer.arrayBuffer()).then((bytes) => new DataView(bytes));
    return this.asked;
  }

  /** The full ids of rows. @param {Iterable<number>} rows @returns {Promise<string[]>} */
  async ids(rows) {
    const wanted = [...rows];
    if (this.about.large && !this.asked && wanted.length <= FEW) {
      await this.knowing(wanted);
      return wanted.map((row) => this.known.get(row)?.id ?? "");
    }
    const all = await this.all();
    return wanted.map((row) => {
      let text = "";
      for (let at = 32 * row; at < 32 * row + 32; at += 4) text += all.getUint32(at).toString(16).padStart(8, "0");
      return text;
    });
  }

  /** Rows of ids, for those that are on the map. @param {Iterable<string>} ids @returns {Promise<number[]>} */
  async rows(ids) {
    const wanted = new Set(ids);
    if (!wanted.size) return [];
    if (this.about.large && !this.asked && wanted.size <= FEW) {
      const found = (await (await ask(withLikeness(`/api/v1/map/pictures?ids=${[...wanted].join()}`))).json()).pictures;
      for (const one of found) this.known.set(one.row, one);
      return found.map((/** @type {Picture} */ one) => one.row);
    }
    const all = await this.all();
    const begins = new Set([...wanted].map((id) => parseInt(id.slice(0, 8), 16)));
    const rows = [];
    for (let row = 0; row < this.count; row++) if (begins.has(all.getUint32(32 * row))) rows.push(row);
    const found = await this.ids(rows);
    return rows.filter((_, at) => wanted.has(found[at]));
  }

  /** Have what is known of rows; those that several ask for at a time are asked for together. @param {number[]} rows */
  async knowing(rows) {
    for (const row of rows) if (!this.known.has(row)) this.wished.add(row);
    this.wishing ??= Promise.resolve().then(async () => {
      const all = [...this.wished];
      this.wished.clear();
      this.wishing = null;
      await this.pictures(all);
    });
    await this.wishing;
  }

  /** Names, dates and sizes of rows, in their order. @param {number[]} rows @returns {Promise<Picture[]>} */
  async pictures(rows) {
    const lacking = rows.filter((row) => !this.known.has(row));
    for (let start = 0; start < lacking.length; start += ASKED) {
      const some = lacking.slice(start, start + ASKED).join(",");
      for (const one of (await (await ask(withLikeness(`/api/v1/map/pictures?rows=${some}`))).json()).pictures) this.known.set(one.row, one);
    }
    return /** @type {Picture[]} */ (rows.map((row) => this.known.get(row)).filter((one) => one !== undefined));
  }

  /** The row of one picture, by its id or the beginning of it. @param {string} id @returns {Promise<number | null>} */
  async find(id) {
    const [one] = (await (await ask(withLikeness(`/api/v1/map/pictures?id=${encodeURIComponent(id)}`))).json()).pictures;
    if (one) this.known.set(one.row, one);
    return one ? one.row : null;
  }

  /** Give some trends their names; each is asked for once. @param {number[]} numbers */
  async name(numbers) {
    const lacking = numbers.filter((number) => !this.naming.has(number));
    if (lacking.length) {
      const asked = ask(withLikeness(`/api/v1/map/trends?numbers=${lacking.join(",")}`)).then((answer) => answer.json()).then((found) => {
        for (const one of found.trends) Object.assign(this.about.trends[one.number], { name: one.name, exemplar: one.exemplar });
      }).catch(() => {}); // without a name a trend is shown without one
      for (const number of lacking) this.naming.set(number, asked);
    }
    await Promise.all(numbers.map((number) => this.naming.get(number)));
  }

  /** A bit for each row that filters hold for, and how many. @param {string} filters */
  async chosen(filters) {
    const answer = await ask(`/api/v1/map/selected.bin?q=${encodeURIComponent(filters)}`);
    return { bits: new Uint8Array(await answer.arrayBuffer()), count: Number(answer.headers.get("X-Count")) };
  }
}

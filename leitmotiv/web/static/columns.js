// The columns that a grid is laid out from, as the server packs them: see docs/pages.md. Shapes and sections of all
// pictures come first, so that every place is known; ids and colours follow piece by piece, where they are looked at.

const AT_ONCE = 2;
const TOGETHER = 16;
const HEX = Array.from({ length: 65536 }, (_, pair) => pair.toString(16).padStart(4, "0"));
const DIGITS = "0123456789abcdef";
const LETTERS = Uint8Array.from(DIGITS, (letter) => letter.charCodeAt(0));

/** The head of an answer, and where its columns begin. @param {ArrayBuffer} buffer */
function opened(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  return { head: JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))), at: 8 + length };
}

/** @typedef {{ids: Uint8Array, colour: Uint8Array}} Piece   32 and 3 bytes a picture */

export class Columns {
  /**
   * @param {ArrayBuffer} buffer   an answer of /api/v1/grid
   * @param {(start: number, count: number) => Promise<ArrayBuffer>} ask   an answer of /api/v1/grid/columns
   */
  constructor(buffer, ask) {
    const { head, at } = opened(buffer);
    this.ask = ask;
    /** @type {number} */
    this.count = head.count;
    /** @type {string} what sections share: "day", "cluster", …; "" without sections */
    this.kind = head.kind;
    /** @type {[string, string, number][]} key, heading, count */
    this.sections = head.sections;
    /** @type {string} while it is the same on the server, so are the places */
    this.state = head.state;
    /** @type {number} pictures of a piece */
    this.piece = head.piece;
    const thousandths = new Uint16Array(buffer, at, this.count);
    this.ratio = new Float32Array(this.count);
    for (let one = 0; one < this.count; one += 1) this.ratio[one] = thousandths[one] / 1000;
    this.starts = new Uint32Array(this.sections.length + 1);
    this.sections.forEach((one, place) => { this.starts[place + 1] = this.starts[place] + one[2]; });
    /** @type {Map<number, Piece>} */
    this.pieces = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.coming = new Map();
    /** @type {number[]} pieces that will be asked for next */
    this.wished = [];
    /** @type {() => void} something came that was wished for */
    this.came = () => {};
    /** @type {() => void} the server has other places by now */
    this.outdated = () => {};
  }

  /** The id of a picture; "" while it is not known. @param {number} at */
  idAt(at) {
    const found = this.pieces.get(Math.floor(at / this.piece));
    if (!found) return "";
    const from = 32 * (at % this.piece);
    let text = "";
    for (let place = from; place < from + 32; place += 2) text += HEX[(found.ids[place] << 8) | found.ids[place + 1]];
    return text;
  }

  /** The mean colour of a picture; "" while it is not known. @param {number} at */
  colourAt(at) {
    const colour = this.pieces.get(Math.floor(at / this.piece))?.colour;
    const from = 3 * (at % this.piece);
    return colour ? `rgb(${colour[from]} ${colour[from + 1]} ${colour[from + 2]})` : "";
  }

  /** The place of an id among those that are known; -1 where it is not. @param {string} id */
  placeOf(id) {
    const bytes = (id.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    if (bytes.length !== 32) return -1;
    for (const [piece, { ids }] of this.pieces) {
      for (let from = 0; from < ids.length; from += 32) {
        if (ids[from] !== bytes[0] || ids[from + 1] !== bytes[1]) continue;
        if (bytes.every((byte, place) => ids[from + place] === byte)) return piece * this.piece + from / 32;
      }
    }
    return -1;
  }

  /** Bring what is missing of a stretch soon; what was wished for before and not begun is let be. @param {number} from @param {number} to */
  want(from, to) {
    this.wished = this.missing(from, to).filter((piece) => !this.coming.has(piece));
    this.#next();
  }

  #next() {
    while (this.coming.size < AT_ONCE && this.wished.length) {
      const piece = /** @type {number} */ (this.wished.shift());
      this.#bring(piece, 1).then(() => this.came(), () => { /* wished for again when the view next rests */ }).finally(() => this.#next());
    }
  }

  /** Numbers of the pieces of a stretch that are not here. @param {number} from @param {number} to  without it */
  missing(from, to) {
    const found = [];
    const last = Math.floor((Math.min(to, this.count) - 1) / this.piece);
    for (let piece = Math.floor(Math.max(0, from) / this.piece); piece <= last; piece += 1) if (!this.pieces.has(piece)) found.push(piece);
    return found;
  }

  /** Bring a stretch. @param {number} from @param {number} to  without it */
  async bring(from, to) {
    /** @type {[number, number][]} */
    const runs = [];
    const waits = [];
    for (const piece of this.missing(from, to)) {
      const coming = this.coming.get(piece);
      const run = runs[runs.length - 1];
      if (coming) waits.push(coming);
      else if (run && run[0] + run[1] === piece && run[1] < TOGETHER) run[1] += 1;
      else runs.push([piece, 1]);
    }
    for (const [piece, many] of runs) await this.#bring(piece, many);
    await Promise.all(waits);
  }

  /** @param {number} first @param {number} many */
  #bring(first, many) {
    const numbers = Array.from({ length: many }, (_, one) => first + one);
    const work = (async () => {
      const buffer = await this.ask(first * this.piece, many * this.piece);
      const { head, at } = opened(buffer);
      if (head.state !== this.state) {
        this.outdated();
        throw new Error("other places");
      }
      const colours = at + 32 * head.count;
      numbers.forEach((number, one) => {
        const from = one * this.piece;
        const count = Math.min(this.piece, head.count - from);
        if (count > 0) this.pieces.set(number, { ids: new Uint8Array(buffer, at + 32 * from, 32 * count), colour: new Uint8Array(buffer, colours + 3 * from, 3 * count) });
      });
    })().finally(() => { for (const number of numbers) this.coming.delete(number); });
    for (const number of numbers) this.coming.set(number, work);
    return work;
  }

  /** The ids of a stretch: at once where they are here. @param {number} from @param {number} to  without it @returns {string[] | Promise<string[]>} */
  idsOf(from, to) {
    if (!this.missing(from, to).length) return this.#ids(from, to);
    return this.bring(from, to).then(() => this.#ids(from, to));
  }

  /** @param {number} from @param {number} to @returns {string[]} */
  #ids(from, to) {
    const found = [];
    const decoder = new TextDecoder("latin1");
    for (let at = from; at < to;) {
      const piece = Math.floor(at / this.piece);
      const { ids } = /** @type {Piece} */ (this.pieces.get(piece));
      const end = Math.min(to, (piece + 1) * this.piece);
      const bytes = ids.subarray(32 * (at - piece * this.piece), 32 * (end - piece * this.piece));
      const letters = new Uint8Array(2 * bytes.length);
      bytes.forEach((byte, place) => { letters[2 * place] = LETTERS[byte >> 4]; letters[2 * place + 1] = LETTERS[byte & 15]; });
      const text = decoder.decode(letters);
      for (let one = 0; one < text.length; one += 64) found.push(text.slice(one, one + 64));
      at = end;
    }
    return found;
  }
}

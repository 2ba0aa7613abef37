// The columns that a grid is laid out from, as the server packs them: see docs/pages.md.

/**
 * @typedef {object} Columns
 * @property {number} count
 * @property {string} kind                what sections share: "day", "cluster", …; "" without sections
 * @property {[string, string, number][]} sections   key, heading, count
 * @property {Uint32Array} starts
 * @property {Uint8Array} ids             32 bytes a picture
 * @property {Float32Array} ratio
 * @property {Uint8Array} colour          3 bytes a picture
 */

const HEX = Array.from({ length: 65536 }, (_, pair) => pair.toString(16).padStart(4, "0"));

/** The columns of an answer of /api/v1/grid. @param {ArrayBuffer} buffer @returns {Columns} */
export function read(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  let at = 8 + length;
  const ids = new Uint8Array(buffer, at, 32 * head.count);
  at += ids.length;
  const thousandths = new Uint16Array(buffer, at, head.count);
  const ratio = new Float32Array(head.count);
  for (let one = 0; one < head.count; one += 1) ratio[one] = thousandths[one] / 1000;
  at += 2 * head.count;
  const starts = new Uint32Array(head.sections.length + 1);
  head.sections.forEach((/** @type {[string, string, number]} */ one, /** @type {number} */ place) => { starts[place + 1] = starts[place] + one[2]; });
  return { count: head.count, kind: head.kind, sections: head.sections, starts, ids, ratio, colour: new Uint8Array(buffer, at, 3 * head.count) };
}

/** The id of a picture. @param {Columns} columns @param {number} at */
export function idAt(columns, at) {
  let text = "";
  for (let place = 32 * at; place < 32 * at + 32; place += 2) text += HEX[(columns.ids[place] << 8) | columns.ids[place + 1]];
  return text;
}

/** The ids of a stretch of pictures, at once. @param {Columns} columns @param {number} from @param {number} to  without it @returns {string[]} */
export function idsOf(columns, from, to) {
  const letters = new Uint8Array(64 * (to - from));
  const digit = (/** @type {number} */ value) => (value < 10 ? 48 + value : 87 + value);
  let place = 0;
  for (let at = 32 * from; at < 32 * to; at += 1) {
    letters[place] = digit(columns.ids[at] >> 4);
    letters[place + 1] = digit(columns.ids[at] & 15);
    place += 2;
  }
  const text = new TextDecoder("latin1").decode(letters);
  return Array.from({ length: to - from }, (_, one) => text.slice(64 * one, 64 * one + 64));
}

/** The place of an id; -1 where it is not there. @param {Columns} columns @param {string} id */
export function placeOf(columns, id) {
  const bytes = (id.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  if (bytes.length !== 32) return -1;
  for (let at = 0; at < columns.count; at += 1) {
    const from = 32 * at;
    if (columns.ids[from] !== bytes[0] || columns.ids[from + 1] !== bytes[1]) continue;
    if (bytes.every((byte, place) => columns.ids[from + place] === byte)) return at;
  }
  return -1;
}

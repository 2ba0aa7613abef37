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

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The columns of an answer of /api/v1/grid. @param {ArrayBuffer} buffer @returns {Columns} */
export function read(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  let at = 8 + length;
  const ids = new Uint8Array(buffer, at, 32 * head.count);
  at += ids.length;
  const ratio = Float32Array.from(new Uint16Array(buffer, at, head.count), (value) => value / 1000);
  at += 2 * head.count;
  const starts = new Uint32Array(head.sections.length + 1);
  head.sections.forEach((/** @type {[string, string, number]} */ one, /** @type {number} */ place) => { starts[place + 1] = starts[place] + one[2]; });
  return { count: head.count, kind: head.kind, sections: head.sections, starts, ids, ratio, colour: new Uint8Array(buffer, at, 3 * head.count) };
}

/** The id of a picture. @param {Columns} columns @param {number} at */
export function idAt(columns, at) {
  let text = "";
  for (let place = 32 * at; place < 32 * at + 32; place += 1) text += HEX[columns.ids[place]];
  return text;
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

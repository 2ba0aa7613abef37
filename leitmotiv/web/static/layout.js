// Where every picture lies, from ratios and sections alone; it touches no page. The same rows as `.tiles` in style.css
// makes, so that what the server drew and what the script draws lie in the same places.

/**
 * A layout is a column of bands: headings, and rows of pictures.
 * @typedef {object} Layout
 * @property {Float64Array} top      of each band, pixels from the top of the grid
 * @property {Float32Array} height   of each band
 * @property {Uint32Array} first     place of the first picture at or after the top of each band
 * @property {Int32Array} heading    number of the section whose heading a band is; -1 for a row of pictures
 * @property {number} count          of bands
 * @property {number} total          height of the grid
 * @property {Uint32Array} headBand  the band that begins each section
 */
/**
 * @typedef {object} Measures
 * @property {number} width
 * @property {number} row     height that a row of pictures wants
 * @property {number} gap
 * @property {boolean} square
 * @property {number} head       height of a heading
 * @property {number} headFirst  of the first one
 */

/**
 * Lay pictures out.
 * @param {Float32Array} ratio    width by height of each picture
 * @param {Uint32Array} starts    first picture of each section, and the number of pictures at the end
 * @param {boolean} headed        whether sections have headings
 * @param {Measures} measures
 * @returns {Layout}
 */
export function arrange(ratio, starts, headed, measures) {
  const { width, row, gap, square, head, headFirst } = measures;
  const n = ratio.length;
  const sections = starts.length - 1;
  const across = Math.max(1, Math.floor((width + gap) / (row * 0.92 + gap)));
  const side = (width - gap * (across - 1)) / across;
  const most = n + sections;
  const top = new Float64Array(most), height = new Float32Array(most);
  const first = new Uint32Array(most + 1), heading = new Int32Array(most).fill(-1), headBand = new Uint32Array(sections);
  let band = 0;
  let y = 0;
  /** @param {number} tall @param {number} at @param {number} section */
  const add = (tall, at, section) => {
    top[band] = y;
    height[band] = tall;
    first[band] = at;
    heading[band] = section;
    band += 1;
    y += tall;
  };
  for (let section = 0; section < sections; section += 1) {
    const end = starts[section + 1];
    headBand[section] = band;
    if (headed) add(section ? head : headFirst, starts[section], section);
    let at = starts[section];
    while (at < end) {
      const from = at;
      let sum = 0;
      if (square) {
        at = Math.min(end, at + across);
        add(side, from, -1);
      } else {
        let used = -gap;
        while (at < end && (at === from || used + gap + ratio[at] * row <= width)) {
          used += gap + ratio[at] * row;
          sum += ratio[at];
          at += 1;
        }
        const spaces = gap * (at - from - 1);
        // the last row of a section keeps its height, unless it is as good as full
        const stretched = at < end || used + gap > width;
        add(stretched ? (width - spaces) / sum : row, from, -1);
      }
      if (at < end) y += gap;
    }
  }
  first[band] = n;
  return { top: top.subarray(0, band), height: height.subarray(0, band), first: first.subarray(0, band + 1), heading: heading.subarray(0, band), count: band, total: y, headBand };
}

/** The last band that begins at or above a height; 0 where none does. @param {Layout} layout @param {number} y */
export function bandAt(layout, y) {
  let low = 0;
  let high = layout.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.top[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The band that holds a picture. @param {Layout} layout @param {number} at */
export function bandOf(layout, at) {
  let low = 0;
  let high = layout.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.first[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The section of a picture. @param {Uint32Array} starts @param {number} at */
export function sectionOf(starts, at) {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The picture of another band that lies under the middle of a picture.
 * @param {Layout} layout @param {Float32Array} ratio @param {number} at @param {number} step  1 down, -1 up @param {boolean} square
 * @returns {number} its place; -1 where there is no band further on
 */
export function across(layout, ratio, at, step, square) {
  const band = bandOf(layout, at);
  let other = band + step;
  while (other >= 0 && other < layout.count && layout.heading[other] >= 0) other += step;
  if (other < 0 || other >= layout.count) return -1;
  const size = (/** @type {number} */ place, /** @type {number} */ inside) => (square ? 1 : ratio[place]) * layout.height[inside];
  let middle = size(at, band) / 2;
  for (let place = layout.first[band]; place < at; place += 1) middle += size(place, band);
  let best = layout.first[other];
  let x = 0;
  let least = Infinity;
  for (let place = layout.first[other]; place < layout.first[other + 1]; place += 1) {
    const distance = Math.abs(x + size(place, other) / 2 - middle);
    if (distance < least) { least = distance; best = place; }
    x += size(place, other);
  }
  return best;
}

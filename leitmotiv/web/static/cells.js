// One cell of the grid: its tile, what the tile says, its picture, and the blobs that stand in until the picture comes.

/**
 * What the server tells of a picture in view.
 * @typedef {object} Told
 * @property {string} id
 * @property {string} name
 * @property {string} alt
 * @property {string} state
 * @property {{stars: number, favourite: boolean, rejected: boolean, label: string}} rating
 * @property {string} blobs   base64, 8 bytes a component, see `analysis.views.blobs`
 */

const SIDE = 48;

/** The tile that an element is or lies in. @param {EventTarget | null} target @returns {HTMLAnchorElement | null} */
export function tileOf(target) {
  return target instanceof Element ? target.closest("a.tile[data-id]") : null;
}

const pattern = document.createElement("div");
pattern.className = "cell";
pattern.setAttribute("role", "gridcell");

/** The cell of a tile. @param {HTMLAnchorElement} tile @param {number} at @param {number} count */
export function cellOf(tile, at, count) {
  const cell = /** @type {HTMLElement} */ (pattern.cloneNode());
  cell.ariaSelected = String(tile.classList.contains("picked"));
  tile.dataset.at = String(at);
  tile.tabIndex = -1;
  tile.setAttribute("aria-description", `${thousands(at + 1)} of ${thousands(count)}`);
  const image = /** @type {HTMLImageElement | null} */ (tile.querySelector("img"));
  if (image && !image.alt) image.alt = `Picture ${thousands(at + 1)}`;
  cell.append(tile);
  return cell;
}

/** The heading of a section. @param {[string, string, number]} section  key, heading, count */
export function headOf([key, text, count]) {
  const head = document.createElement("div");
  const title = document.createElement("h2");
  const number = document.createElement("span");
  head.className = "day";
  head.setAttribute("role", "rowheader");
  head.dataset.key = key;
  title.textContent = text;
  number.className = "hint number";
  number.textContent = count.toLocaleString("en");
  head.append(title, number);
  return head;
}

const blank = document.createElement("a");
blank.className = "tile";
blank.tabIndex = -1;
blank.append(document.createElement("img"));
/** @type {HTMLImageElement} */ (blank.firstChild).decoding = "async";

/** A tile of which nothing is known but its colour, or not even that, without an id. @param {string} id @param {string} href @param {string} colour */
export function tileFor(id, href, colour) {
  const tile = /** @type {HTMLAnchorElement} */ (blank.cloneNode(true));
  if (id) name(tile, id, href, colour);
  return tile;
}

/** Say whose tile it is. @param {HTMLAnchorElement} tile @param {string} id @param {string} href @param {string} colour */
export function name(tile, id, href, colour) {
  tile.href = href;
  tile.dataset.id = id;
  tile.style.setProperty("--c", colour);
}

/** 12406 as "12,406"; a hundred times as fast as what the browser has. @param {number} value */
function thousands(value) {
  let text = String(value % 1000);
  for (let rest = Math.floor(value / 1000); rest; rest = Math.floor(rest / 1000)) text = `${rest % 1000},${text.padStart(3, "0")}`;
  return text;
}

/** Say what is known of a picture. @param {HTMLElement} cell @param {Told} told */
export function fill(cell, told) {
  const tile = tileOf(cell.firstElementChild);
  if (!tile) return;
  const image = tile.querySelector("img");
  if (image) image.alt = told.alt;
  tile.title = told.name;
  mark(tile, "state", told.state === "present" ? "" : told.state);
  rate(tile, told.rating);
}

/** Show the stars, the heart and the label of a tile, only where they are set. @param {HTMLElement} tile @param {Told["rating"]} rating */
export function rate(tile, rating) {
  tile.classList.toggle("rejected", rating.rejected);
  if (rating.label) tile.dataset.label = rating.label;
  else delete tile.dataset.label;
  const said = [rating.favourite ? "♥" : "", rating.stars ? "★".repeat(rating.stars) : ""].filter(Boolean).join(" ");
  mark(tile, "rated", said);
  const words = [rating.favourite ? "favourite" : "", rating.stars ? `${rating.stars} star${rating.stars === 1 ? "" : "s"}` : "", rating.rejected ? "rejected" : ""].filter(Boolean).join(", ");
  tell(tile.querySelector(".on.rated"), words);
  mark(tile, "labelled", rating.label ? " " : "");
  tell(tile.querySelector(".on.labelled"), `labelled ${rating.label}`);
}

/** @param {Element | null} note @param {string} words  what it says to those who do not see it */
function tell(note, words) {
  note?.setAttribute("role", "img");
  note?.setAttribute("aria-label", words);
  if (note instanceof HTMLElement) note.title = words;
}

/** A small word on a tile, or none. @param {HTMLElement} tile @param {string} name @param {string} text */
function mark(tile, name, text) {
  let note = tile.querySelector(`.on.${name}`);
  if (!text) {
    note?.remove();
    return;
  }
  if (!note) {
    note = document.createElement("span");
    note.className = `on ${name}`;
    tile.append(note);
  }
  note.textContent = text;
}

/** Ask for the picture of a tile, in the size it is shown in. @param {HTMLAnchorElement} tile @param {number} longest  pixels of the page */
export function load(tile, longest) {
  const image = tile.querySelector("img");
  if (!image || image.src || image.srcset) return;
  image.src = `/thumb/${tile.dataset.id}/${longest * devicePixelRatio > 300 ? 512 : 256}.jpg`;
}

/** A picture that left the view is no longer waited for. @param {HTMLImageElement} image */
export function unload(image) {
  if (image.complete) return;
  image.removeAttribute("srcset");
  image.removeAttribute("src");
}

/** Draw a picture's own components in its place, unless it is there already. @param {HTMLAnchorElement} tile @param {Told} told @param {number} ratio */
export function blobs(tile, told, ratio) {
  const image = tile.querySelector("img");
  if (!image || (image.complete && image.naturalWidth) || tile.querySelector("canvas")) return;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const width = Math.max(8, Math.round(ratio >= 1 ? SIDE : SIDE * ratio));
  const height = Math.max(8, Math.round(ratio >= 1 ? SIDE / ratio : SIDE));
  canvas.width = width;
  canvas.height = height;
  paint(canvas, Uint8Array.from(atob(told.blobs), (letter) => letter.charCodeAt(0)));
  tile.prepend(canvas);
}

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} packed */
function paint(canvas, packed) {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const { width, height } = canvas;
  const longest = Math.max(width, height);
  for (let at = 0; at < packed.length; at += 8) {
    const [x, y, long, short, turned, red, green, blue] = packed.subarray(at, at + 8);
    const colour = `${red} ${green} ${blue}`;
    const shade = pen.createRadialGradient(0, 0, 0, 0, 0, 1);
    shade.addColorStop(0, `rgb(${colour} / .95)`);
    shade.addColorStop(0.45, `rgb(${colour} / .7)`);
    shade.addColorStop(1, `rgb(${colour} / 0)`);
    pen.save();
    pen.translate((x / 255) * width, (y / 255) * height);
    pen.rotate((turned / 255) * Math.PI);
    // drawn to 1.4 times its radii, where the shade has faded out
    pen.scale(Math.max(1.5, (1.4 * long * longest) / 255), Math.max(1.5, (1.4 * short * longest) / 255));
    pen.fillStyle = shade;
    pen.fillRect(-1, -1, 2, 2);
    pen.restore();
  }
}

/** A picture came: the blobs that stood in for it go. @param {EventTarget | null} target */
export function unblob(target) {
  if (target instanceof HTMLImageElement) target.closest(".tile")?.querySelector("canvas")?.remove();
}

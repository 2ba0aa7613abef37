// The map: all pictures at once. This module puts the parts together and keeps the address; each part is a module of its own.

import { toast } from "./changes.js";
import { say } from "./frame.js";
import { GONE, Pictures } from "./map-data.js";
import { bindKeys } from "./map-keys.js";
import { Labels } from "./map-labels.js";
import { List } from "./map-list.js";
import { Overview } from "./map-overview.js";
import { Peek } from "./map-peek.js";
import { Places } from "./map-places.js";
import { DIM, PICKED, Scene } from "./map-scene.js";
import { Cursor, Tools } from "./map-tools.js";
import { View, ease, handle } from "./map-view.js";
import { layOutAnew, savePicture } from "./map-whole.js";
import { leave } from "./memory.js";
import { picks } from "./picks.js";

const TWEEN_MS = 700;
const SETTLED_MS = 180;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** @template {Element} [T=HTMLElement] @param {string} selector @returns {T} */
const one = (selector) => /** @type {T} */ (document.querySelector(selector));
const page = one("[data-map]");
const ground = one("[data-ground-map]");
const field = /** @type {HTMLInputElement} */ (one("[data-filter] input"));
const view = new View(ground);
const measuring = new URLSearchParams(location.search).has("measure");

/** @type {Pictures} */
let pictures;
/** @type {Places} */
let places;
/** @type {Scene | null} */
let scene = null;
/** @type {Labels} */
let labels;
/** @type {List} */
let list;
/** @type {Overview} */
let overview;
/** @type {Peek} */
let peek;
/** @type {Tools} */
let tools;
const cursor = new Cursor(one("[data-cursor]"));
let layout = "look";
let filters = "";
let listed = false;
let tween = 0;
let waiting = false;
let settled = 0;

// ---- frames ----
function dirty() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(frame);
}
/** @param {number} now */
function frame(now) {
  if (!places) { waiting = false; return; }
  const began = performance.now();
  waiting = false;
  let more = view.advance(now);
  if (scene && tween) {
    const t = Math.min(1, (now - tween) / TWEEN_MS);
    scene.layout.part = ease(t);
    if (t === 1) { tween = 0; scene.arrange(layout); settle(); }
    more = true;
  }
  if (scene && !scene.gl.isContextLost()) more = scene.draw(view, places) || more;
  labels.place.hidden = tween > 0;
  labels.move(view, places);
  cursor.move(view, places);
  overview.move();
  if (measuring) {
    performance.measure("map-frame", { start: began, end: performance.now(), detail: { calls: scene?.calls, bytes: scene?.bytes } });
  }
  if (more) dirty();
}
/** What waits until the view rests: names, sheets, the list, the address. */
function settle() {
  clearTimeout(settled);
  settled = setTimeout(() => {
    if (!places) return;
    labels.choose(view, places);
    if (listed) list.fill(places, scene ? view.seen() : whole());
    write(false);
  }, SETTLED_MS);
}
let chosen = 0;
function choose() {
  if (chosen) return;
  chosen = setTimeout(() => {
    chosen = 0;
    const began = performance.now();
    scene?.choose(view, places);
    if (measuring) performance.measure("map-choose", { start: began, end: performance.now() });
    dirty();
  }, 60);
}
view.addEventListener("change", () => {
  peek?.hide();
  dirty();
  choose();
  settle();
});

// ---- the address ----
function address() {
  const query = new URLSearchParams(location.search);
  const [x, y] = [view.x, view.y].map((value) => value.toFixed(2));
  for (const [name, value] of Object.entries({ layout: layout === "look" ? "" : layout, q: filters, list: listed ? "1" : "", view: `${x},${y},${view.zoom.toFixed(2)}` })) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return `/map?${query}`.replaceAll("%2C", ",").replaceAll("%3A", ":");
}
/** @param {boolean} step  whether Back shall come here again */
function write(step) {
  if (address() === location.pathname + location.search) return;
  if (step) history.pushState(null, "", address());
  else history.replaceState(null, "", address());
}
/** Look as the address says. */
async function read() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("layout") ?? "look";
  await arrange(pictures.about.layouts.some((frame) => frame.name === wanted) ? wanted : "look", false);
  await filter(query.get("q") ?? "", false);
  showList(query.get("list") === "1" || !scene, false);
  const [x, y, zoom] = (query.get("view") ?? "").split(",").map(Number);
  if ([x, y, zoom].every(Number.isFinite) && zoom > 0) view.look(x, y, zoom);
  else view.look(...view.around(places.bounds()));
}
addEventListener("popstate", () => void read());

// ---- layouts ----
/** @param {string} name @param {boolean} [travels] */
async function arrange(name, travels = true) {
  for (const button of document.querySelectorAll("[data-layouts] button")) {
    if (button instanceof HTMLElement) button.setAttribute("aria-pressed", String(button.dataset.layout === name));
  }
  if (places?.layout === name) return;
  if (!await pictures.need(name).then(() => true, (error) => toast(error.message))) return;
  const old = places;
  layout = name;
  places = new Places(pictures, name);
  view.bounds = places.bounds();
  overview.draw(places);
  labels.shown = [];
  labels.place.replaceChildren();
  if (scene && old && travels && !calm.matches) {
    scene.arrange(name, old.layout);
    tween = performance.now();
  } else scene?.arrange(name);
  if (travels) {
    write(true);
    const box = cursor.row >= 0 ? null : places.bounds();
    if (box) view.go(...view.around(box));
    else view.go(places.x[cursor.row], places.y[cursor.row], Math.max(view.zoom, 40));
    say(`${document.querySelector(`button[data-layout="${name}"]`)?.textContent?.trim()}`);
  }
}
one("[data-layouts]").addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.dataset.layout && button.dataset.layout !== layout) void arrange(button.dataset.layout);
});

// ---- filters dim the others ----
/** @param {string} text @param {boolean} [step] */
async function filter(text, step = true) {
  const note = one("[data-found]");
  if (document.activeElement !== field) field.value = text;
  if (text === filters && (text || !note.textContent)) return;
  try {
    const found = text ? await pictures.chosen(text) : null;
    filters = text;
    for (let row = 0; row < pictures.count; row++) {
      if (found && !((found.bits[row >> 3] >> (row & 7)) & 1)) state(row, DIM, true);
      else state(row, DIM, false);
    }
    note.textContent = found ? `${found.count.toLocaleString("en")} of ${pictures.count.toLocaleString("en")}` : "";
    note.classList.remove("fault");
    field.removeAttribute("aria-invalid");
  } catch (error) {
    filters = text; // the address keeps what was asked, so that it can be mended
    for (let row = 0; row < pictures.count; row++) state(row, DIM, false);
    note.textContent = String(error instanceof Error ? error.message : error);
    note.classList.add("fault");
    field.setAttribute("aria-invalid", "true");
  }
  if (step) write(true);
  dirty();
}
one("[data-filter]").addEventListener("submit", (event) => { event.preventDefault(); void filter(field.value.trim()); });
field.addEventListener("search", () => { if (!field.value) void filter(""); });

/** @param {number} row @param {number} bit @param {boolean} on */
function state(row, bit, on) {
  if (!scene) return;
  scene.state[row] = on ? scene.state[row] | bit : scene.state[row] & ~bit;
  scene.stateChanged = true;
}

// ---- picks ----
async function markPicks() {
  if (!scene) return;
  const rows = await pictures.rows(picks);
  for (let row = 0; row < pictures.count; row++) if (scene.state[row] & PICKED) state(row, PICKED, false);
  for (const row of rows) state(row, PICKED, true);
  dirty();
}
/** @param {number[]} rows @param {boolean} adding */
async function pick(rows, adding) {
  const ids = await pictures.ids(rows);
  if (adding) picks.add(ids);
  else picks.replace(ids);
  say(`${rows.length.toLocaleString("en")} picked`);
}
/** @param {number} row */
async function toggle(row) {
  const [id] = await pictures.ids([row]);
  picks.toggle(id);
  say(picks.has(id) ? "picked" : "let go");
}
/** @param {"" | "lasso" | "band"} tool */
function take(tool) {
  tools.tool = tools.tool === tool ? "" : tool;
  ground.dataset.tool = tools.tool;
  for (const name of ["lasso", "band"]) one(`[data-do="${name}"]`).setAttribute("aria-pressed", String(tools.tool === name));
  say(tools.tool ? `Draw around pictures to pick them` : "Drag moves the map");
}
async function toPicks() {
  const rows = (await pictures.rows(picks)).filter((row) => pictures.shown(row));
  if (rows.length) view.go(...view.around(places.bounds(rows)));
  else toast("None of the picked pictures is on the map.");
}

/** The box around everything, with its edge. @returns {[number, number, number, number]} */
function whole() {
  const [left, top, right, bottom] = places.bounds();
  return [left - 1, top - 1, right + 1, bottom + 1];
}

// ---- the list, and what to do with the whole ----
/** @param {boolean} on @param {boolean} [step] */
function showList(on, step = true) {
  listed = on;
  one("[data-list]").hidden = !on;
  page.classList.toggle("listed", on);
  one('[data-do="list"]').setAttribute("aria-pressed", String(on));
  view.measure();
  view.changed();
  if (on) list.fill(places, scene ? view.seen() : whole());
  if (step) write(true);
}
/** @param {number} row */
async function open(row) {
  const [id] = await pictures.ids([row]);
  write(false);
  leave(id);
  location.assign(`/images/${id}`);
}
/** @type {Record<string, () => void>} */
const acts = {
  closer: () => view.go(view.x, view.y, view.zoom * 1.8),
  farther: () => view.go(view.x, view.y, view.zoom / 1.8),
  fit: () => view.go(...view.around(places.bounds())),
  lasso: () => take("lasso"),
  band: () => take("band"),
  list: () => showList(!listed),
  picks: () => void toPicks(),
  save: () => { if (scene) savePicture(scene, view, places); },
  anew: () => /** @type {HTMLDialogElement} */ (one("dialog[data-anew]")).showModal(),
};
page.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-do]") : null;
  if (button instanceof HTMLElement && acts[button.dataset.do ?? ""]) {
    acts[button.dataset.do ?? ""]();
    button.closest("details")?.removeAttribute("open");
  }
});
one("dialog[data-anew]").addEventListener("close", (event) => {
  if (/** @type {HTMLDialogElement} */ (event.target).returnValue === "anew") void layOutAnew(pictures.about.stamp, layout);
});

// ---- the cursor ----
/** @param {number} row @param {boolean} [spoken] */
function point(row, spoken = true) {
  cursor.row = row;
  if (row < 0) { peek.hide(); dirty(); return; }
  if (!cursor.inside(view, places)) view.go(places.x[row], places.y[row], view.zoom);
  dirty();
  if (!spoken) return;
  setTimeout(() => peek.at(row, view, places), calm.matches ? 0 : 460);
  void peek.words(row).then((words) => { if (cursor.row === row) say(words); });
}
bindKeys(ground, {
  ...acts,
  pan: (dx, dy) => view.pan(dx, dy),
  row: () => cursor.row,
  point,
  middle: () => places.nearest(view.x, view.y),
  toward: (row, dx, dy) => places.toward(row, dx, dy),
  open: (row) => void open(row),
  toggle: (row) => void toggle(row),
  pick: (rows) => void pick(rows, true),
  turn: () => {
    const names = pictures.about.layouts.map((frame) => frame.name);
    void arrange(names[(names.indexOf(layout) + 1) % names.length]);
  },
  leave: () => {
    if (tools?.tool) take(tools.tool);
    else if (cursor.row >= 0) point(-1);
    else if (picks.size) picks.clear();
    else return false;
  },
});

// ---- the beginning ----
function colours() {
  scene?.tint(getComputedStyle(page));
  dirty();
}
function draws() {
  const canvas = /** @type {HTMLCanvasElement} */ (one("[data-scene]"));
  canvas.addEventListener("webglcontextlost", (event) => { event.preventDefault(); });
  canvas.addEventListener("webglcontextrestored", () => { begin(canvas); scene?.arrange(layout); colours(); void markPicks(); choose(); });
  begin(canvas);
}
/** @param {HTMLCanvasElement} canvas */
function begin(canvas) {
  const before = scene?.state;
  try {
    scene = new Scene(canvas, pictures, choose);
    if (before) scene.state.set(before);
  } catch {
    scene = null;
    page.classList.add("flat");
    one("[data-flat]").hidden = false;
  }
}
async function start() {
  pictures = await Pictures.load();
  page.classList.remove("loading");
  overview = new Overview(one("[data-overview]"), view);
  labels = new Labels(one("[data-labels]"), one("[data-axis]"), pictures, settle);
  peek = new Peek(one("[data-peek]"), pictures);
  list = new List(one("[data-list]"), pictures, (row) => { if (scene) point(row, false); });
  places = new Places(pictures, "look");
  view.bounds = places.bounds();
  tools = new Tools(view, () => places, one("[data-traces]"), (rows, adding) => void pick(rows.filter((row) => !(pictures.flags[row] & GONE)), adding));
  draws();
  scene?.arrange("look");
  overview.draw(places);
  colours();
  new MutationObserver(colours).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", colours);
  /** @param {number} px @param {number} py @param {number} slack */
  const under = (px, py, slack) => places.at(...view.toWorld(px, py), slack / view.zoom);
  handle(view, {
    take: (event, px, py) => tools.take(event, px, py),
    move: (px, py) => tools.move(px, py),
    end: (done) => void tools.end(done),
    click: (px, py, event) => {
      const row = under(px, py, 6);
      ground.focus({ preventScroll: true });
      if (row < 0) return;
      if (event.ctrlKey || event.metaKey) void toggle(row);
      else if (view.zoom < 18) view.go(places.x[row], places.y[row], Math.max(48, view.zoom * 3));
      else void open(row);
    },
    hover: (px, py, event) => {
      if (!event || tools.tool || tween) { peek.hide(); ground.classList.remove("over"); return; }
      const row = under(px, py, 2);
      ground.classList.toggle("over", row >= 0);
      peek.at(row, view, places);
    },
  });
  picks.addEventListener("change", () => void markPicks());
  void markPicks();
  await read();
  const focus = new URLSearchParams(location.search).get("focus");
  if (focus) {
    const row = await pictures.find(focus).catch(() => null);
    if (row === null) toast("This picture has no place on the map yet; it gets one when the index is built.");
    else {
      if (!new URLSearchParams(location.search).has("view")) view.look(places.x[row], places.y[row], 90);
      point(row);
    }
  }
  page.dataset.ready = "";
  performance.mark("map-ready");
}
start().catch((error) => {
  page.classList.remove("loading");
  const note = one("[data-flat]");
  note.hidden = false;
  note.textContent = `The map could not be read: ${error instanceof Error ? error.message : error} Load the page again to try once more.`;
});

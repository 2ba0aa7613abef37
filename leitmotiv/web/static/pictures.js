// The page of pictures: its grid, rows or squares and sizes, the scrubber, and new pictures while a job runs.

import { changed } from "./changes.js";
import "./filters.js";
import { Columns } from "./columns.js";
import { say } from "./frame.js";
import { Grid } from "./grid.js";
import { bind } from "./keys.js";
import { lightbox } from "./lightbox.js";
import { leave, recall, remember, seen } from "./memory.js";
import { goBy, picks, stretch } from "./picks.js";
import { Scrubber } from "./scrubber.js";
import { follow } from "./status.js";

const root = document.documentElement;
const place = /** @type {HTMLElement} */ (document.querySelector("#grid"));
const { query = "", sort = "", group = "" } = place.dataset;
/** The address of something for what is shown. @param {string} path @param {Record<string, string | number>} [more] */
function address(path, more = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: query, sort: sort === "-taken" ? "" : sort, group, ...more })) if (value !== "") asked.set(name, String(value));
  const text = asked.toString();
  return text ? `${path}?${text}` : path;
}
/** @param {string} path */
async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

// ---- rows or squares, and the size: in the address, and remembered for other visits ----
const SIZES = ["s", "m", "l"];
const USUAL = { layout: "rows", size: "m" };
/** @param {"layout" | "size"} name @param {string} value */
function set(name, value) {
  root.dataset[name] = value;
  remember(name, value);
  const url = new URL(location.href);
  url.searchParams.set(name, value);
  history.replaceState(history.state, "", url);
  show();
  grid.reshape();
}
function show() {
  for (const name of /** @type {const} */ (["layout", "size"])) {
    for (const button of document.querySelectorAll(`button[data-${name}]`)) {
      if (button instanceof HTMLElement) button.ariaPressed = String(button.dataset[name] === (root.dataset[name] ?? USUAL[name]));
    }
  }
}
for (const button of document.querySelectorAll("button[data-layout], button[data-size]")) {
  button.addEventListener("click", () => {
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.layout) set("layout", button.dataset.layout);
    if (button.dataset.size) set("size", button.dataset.size);
  });
}
for (const name of /** @type {const} */ (["layout", "size"])) root.dataset[name] ??= recall(name) ?? USUAL[name];
show();

// ---- the grid ----
const NEAR = 200;
const scrubber = new Scrubber((section) => grid.go(section));
const grid = new Grid(place, {
  rows: async (start, count) => (await (await ask(address("/api/v1/grid/rows", { start, count }))).json()).rows,
  href: (id) => address(`/images/${id}`),
  moved: () => { scrubber.show(grid); keepPlace(); },
});
/** The places of pictures, and of which state of the library. @param {string[]} ids @returns {Promise<{places: number[], state: string}>} */
async function placesOf(ids) {
  return (await ask(address("/api/v1/grid/places", { ids: [...new Set(ids)].join() }))).json();
}
/** The place of a picture, at once where it is near. @param {string} id @returns {number | Promise<number>} */
function find(id) {
  const near = grid.columns?.placeOf(id) ?? -1;
  return near >= 0 || !id || !grid.columns?.missing(0, grid.columns.count).length ? near : placesOf([id]).then(({ places }) => places[0]);
}
goBy({
  all: () => grid.columns?.idsOf(0, grid.columns.count) ?? [],
  between(one, other) {
    /** @param {number} from @param {number} to */
    const ids = (from, to) => (!grid.columns || from < 0 || to < 0 ? [other] : grid.columns.idsOf(Math.min(from, to), Math.max(from, to) + 1));
    const [from, to] = [find(one), find(other)];
    if (typeof from === "number" && typeof to === "number") return ids(from, to);
    return Promise.all([from, to]).then(([first, last]) => ids(first, last));
  },
});

let tag = "";
/** Ask for the columns, and show them where they are others than before. */
async function load() {
  const begin = !grid.columns;
  const answer = await ask(address("/api/v1/grid"));
  const now = answer.headers.get("ETag") ?? "";
  if (grid.columns && now && now === tag) return;
  const columns = new Columns(await answer.arrayBuffer(), async (start, count) => (await ask(address("/api/v1/grid/columns", { start, count }))).arrayBuffer());
  columns.outdated = () => { if (grid.columns === columns) setTimeout(() => void load().catch(() => {}), 100); };
  const ids = [...new Set(begin ? [history.state?.anchor?.id, seen()].filter((id) => id) : grid.held())];
  const found = ids.length ? await placesOf(ids) : { places: [], state: columns.state };
  const places = new Map(ids.map((id, one) => [id, found.places[one]]));
  // where the view will be
  const top = places.get((begin ? history.state?.anchor : grid.anchor())?.id) ?? (begin ? Number(place.dataset.start) : grid.anchor()?.at ?? 0);
  if (columns.count) await columns.bring(top - NEAR, top + NEAR);
  if (found.state !== columns.state) return load();
  tag = now;
  grid.set(columns, places);
  scrubber.set(columns, grid.layout);
  if (begin) comeBack(places);
  scrubber.show(grid);
  const total = document.querySelector("[data-total]");
  if (total) total.textContent = columns.count.toLocaleString("en");
}

// ---- the place survives a visit to a picture, a reload, and the way back ----
history.scrollRestoration = "manual";
let keeping = 0;
function keepPlace() {
  clearTimeout(keeping);
  keeping = setTimeout(writePlace, 200);
}
function writePlace() {
  const anchor = grid.anchor();
  if (anchor) history.replaceState({ ...history.state, anchor: scrollY > 4 ? anchor : null }, "");
}
addEventListener("pagehide", writePlace);
place.addEventListener("click", (event) => {
  const tile = event.target instanceof Element ? event.target.closest(".tile[data-id]") : null;
  if (!(tile instanceof HTMLElement)) return;
  leave(tile.dataset.id ?? "");
  writePlace();
});
/** @param {Map<string, number>} places */
function comeBack(places) {
  const columns = /** @type {Columns} */ (grid.columns);
  const kind = performance.getEntriesByType("navigation")[0];
  const returning = kind instanceof PerformanceNavigationTiming && kind.type === "back_forward";
  const { anchor } = history.state ?? {};
  const start = Number(place.dataset.start);
  if (anchor) grid.restore({ ...anchor, at: (places.get(anchor.id) ?? -1) >= 0 ? places.get(anchor.id) : anchor.at });
  else if (start && columns.count) grid.restore({ at: start, offset: 100 });
  const at = places.get(seen() ?? "") ?? -1;
  if (at < 0 || grid.focused() >= 0) return;
  if (returning) back(at);
  else grid.choose(at);
}
/** @param {number} at */
const back = (at) => grid.focus(at, grid.inView(at));
/** @param {string} id */
function showAgain(id) {
  const at = find(id);
  if (typeof at === "number") back(at);
  else at.then(back, () => {});
}
lightbox({ show: showAgain });
addEventListener("pageshow", (event) => { if (event.persisted) showAgain(seen() ?? ""); });

if (place.querySelector(".tile")) load().catch(() => {});

// ---- new pictures while a job runs; what is rated elsewhere ----
let known = -1;
let now = -1;
let busy = false;
follow((status) => {
  now = status.images;
  void renew();
});
async function renew() {
  if (now === known || busy || !grid.columns) return;
  busy = true;
  const asked = now;
  const fresh = known < 0 ? 0 : asked - known;
  const since = performance.now();
  try {
    await load();
    known = asked;
    if (fresh > 0) say(`${fresh} new picture${fresh === 1 ? "" : "s"}`);
  } catch { /* asked again below */ } finally {
    // a large library is not asked again at once: at most a tenth of the time goes into it
    setTimeout(() => { busy = false; void renew(); }, Math.max(500, 10 * (performance.now() - since)));
  }
}
changed(() => {
  grid.forget();
  if (/rating|favourite|rejected|label|selection/.test(query + sort)) load().catch(() => {});
});

// ---- keys ----
/** @type {Record<string, string>} */
const WAYS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", h: "left", l: "right", k: "up", j: "down",
  Home: "first", End: "last", PageUp: "pageup", PageDown: "pagedown",
};
/** @param {KeyboardEvent} event */
function walk(event) {
  const from = grid.focused();
  const to = grid.walk(WAYS[event.key] ?? WAYS[event.key.toLowerCase()]);
  if (to < 0) return from >= 0 && event.key.startsWith("Arrow");
  if (event.shiftKey && grid.columns) {
    const [first, last] = [from >= 0 ? grid.columns.idAt(from) : "", grid.columns.idAt(to)];
    if (first && !picks.size) picks.toggle(first);
    picks.anchor ??= first || null;
    if (last) stretch(last);
    else if (from >= 0) void picks.addSoon(grid.columns.idsOf(Math.min(from, to), Math.max(from, to) + 1));
  }
}
bind([
  { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "h", "j", "k", "l"], label: "Picture to picture", group: "Pictures", run: walk },
  { keys: ["Home", "End"], label: "First, last", group: "Pictures", run: (event) => (grid.focused() < 0 ? false : walk(event)) },
  { keys: ["PageUp", "PageDown"], label: "A page up, down", group: "Pictures", run: (event) => (grid.focused() < 0 ? false : walk(event)) },
  { keys: ["Enter"], label: "Open", group: "Pictures" },
  { keys: ["v"], label: "Rows or squares", group: "Pictures", run: () => set("layout", root.dataset.layout === "square" ? "rows" : "square") },
  {
    keys: ["-", "+"], label: "Smaller, larger, where no picture has the focus", group: "Pictures",
    run: (event) => set("size", SIZES[Math.min(2, Math.max(0, SIZES.indexOf(root.dataset.size ?? "m") + (event.key === "+" ? 1 : -1)))]),
  },
  { keys: ["d"], label: "Go to a date or a heading", group: "Pictures", run: () => scrubber.focus() },
  { keys: ["Escape"], label: "Let go", group: "Pictures", run: () => { if (grid.focused() < 0) return false; /** @type {HTMLElement} */ (document.activeElement).blur(); } },
]);

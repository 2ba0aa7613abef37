// All pictures: rows or squares, three sizes, endless scroll, the scrubber, and new pictures while a job runs.

import { say } from "./frame.js";
import { bind } from "./keys.js";
import { recall, remember } from "./memory.js";
import { follow } from "./status.js";
import { escape, settle, walk } from "./tiles.js";

/** @typedef {{id: string, path: string, width: number, height: number, taken: string, colour: string, state: string}} Picture */

const root = document.documentElement;
const days = /** @type {HTMLElement} */ (document.querySelector("#days"));
const onward = /** @type {HTMLElement | null} */ (document.querySelector("[data-onward]"));
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const FARTHEST = 6000;

// ---- rows or squares, and the size ----
const SIZES = ["s", "m", "l"];
/** @param {"layout" | "size"} name @param {string} value */
function set(name, value) {
  root.dataset[name] = value;
  remember(name, value);
  show();
}
function show() {
  for (const [name, chosen] of [["layout", root.dataset.layout ?? "rows"], ["size", root.dataset.size ?? "m"]]) {
    for (const button of document.querySelectorAll(`[data-${name}]:is(button)`)) {
      if (button instanceof HTMLElement) button.ariaPressed = String(button.dataset[name] === chosen);
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
root.dataset.layout ??= recall("layout") ?? "rows";
root.dataset.size ??= recall("size") ?? "m";
show();

// ---- tiles from the interface, in the form of macros.html ----
/** Where a picture stands by date, as the server's `place` says it. @param {Picture} picture */
const placeOf = (picture) => `${picture.taken.replace(/(Z|[+-]\d\d:\d\d(:\d\d(\.\d+)?)?)$/, "")} ${picture.id}`;

/** @param {Picture} picture */
function tile(picture) {
  const link = document.createElement("a");
  const image = document.createElement("img");
  const name = picture.path.slice(picture.path.lastIndexOf("/") + 1);
  const longest = Math.max(picture.width, picture.height, 1);
  const [small, large] = [256, 512].map((side) => Math.max(1, Math.round(picture.width * Math.min(1, side / longest))));
  link.className = "tile";
  link.href = `/images/${picture.id}`;
  link.title = name;
  link.dataset.id = picture.id;
  link.dataset.place = placeOf(picture);
  link.tabIndex = -1;
  link.style.setProperty("--r", String(Math.min(3, Math.max(0.45, picture.width / Math.max(1, picture.height)))));
  link.style.setProperty("--c", picture.colour);
  image.loading = "lazy";
  image.decoding = "async";
  image.sizes = "auto, 220px";
  image.width = picture.width;
  image.height = picture.height;
  image.alt = `${name}, ${inWords(picture.taken.slice(0, 10))}`;
  image.srcset = `/thumb/${picture.id}/256.jpg ${small}w, /thumb/${picture.id}/512.jpg ${Math.max(large, small + 1)}w`;
  image.src = `/thumb/${picture.id}/256.jpg`;
  link.append(image);
  if (picture.state !== "present") {
    const note = document.createElement("span");
    note.className = "on";
    note.textContent = picture.state;
    link.append(note);
  }
  return link;
}

/** "2025-06-14" as "14 June 2025". @param {string} day */
function inWords(day) {
  const [year, month, date] = day.split("-");
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** @param {string} day @returns {HTMLElement} */
function section(day) {
  const part = document.createElement("section");
  part.className = "day-set";
  part.dataset.day = day;
  part.ariaLabel = inWords(day);
  const head = document.createElement("div");
  head.className = "day";
  const title = document.createElement("h2");
  title.textContent = inWords(day);
  const count = document.createElement("span");
  count.className = "hint number";
  count.dataset.count = "";
  head.append(title, count);
  const place = document.createElement("div");
  place.className = "tiles";
  part.append(head, place);
  return part;
}

/** @type {Map<string, number>} */
let counts = new Map();
async function loadCounts() {
  const answer = await fetch("/api/v1/days");
  if (!answer.ok) return;
  const found = await answer.json();
  counts = new Map(found.days.map((/** @type {{day: string, count: number}} */ one) => [one.day, one.count]));
  for (const part of days.children) if (part instanceof HTMLElement) tell(part);
}

/** @param {HTMLElement} part */
function tell(part) {
  const known = counts.get(part.dataset.day ?? "");
  const place = part.querySelector("[data-count]");
  if (place && known !== undefined) place.textContent = known.toLocaleString("en");
}

/** @returns {Set<string>} */
const shown = () => new Set([...days.querySelectorAll(".tile")].map((one) => /** @type {HTMLElement} */ (one).dataset.id ?? ""));

/** Put pictures where their time wants them: days newest first, and so the pictures of a day. @param {Picture[]} pictures */
function place(pictures) {
  const there = shown();
  let added = 0;
  for (const picture of pictures) {
    if (there.has(picture.id)) continue;
    added += 1;
    const day = picture.taken.slice(0, 10);
    let part = /** @type {HTMLElement | null} */ (days.querySelector(`[data-day="${day}"]`));
    if (!part) {
      part = section(day);
      const after = [...days.children].find((one) => one instanceof HTMLElement && (one.dataset.day ?? "") < day);
      days.insertBefore(part, after ?? null);
      tell(part);
    }
    const row = /** @type {HTMLElement} */ (part.querySelector(".tiles"));
    const own = placeOf(picture);
    const last = /** @type {HTMLElement | null} */ (row.lastElementChild);
    const follows = !last || (last.dataset.place ?? "") >= own;
    const after = follows ? null : [...row.children].find((one) => one instanceof HTMLElement && (one.dataset.place ?? "") < own);
    row.insertBefore(tile(picture), after ?? null);
  }
  if (added) settle();
  return added;
}

// ---- endless scroll ----
/** @type {Promise<boolean> | null} */
let loading = null;
/** Load the next page. @param {number} [limit] @returns {Promise<boolean>} whether there was one */
function more(limit) {
  loading ??= (async () => {
    const next = days.dataset.next;
    if (!next) return false;
    const address = new URL(next, location.href);
    if (limit) address.searchParams.set("limit", String(limit));
    const answer = await fetch(address);
    if (!answer.ok) return false;
    const page = await answer.json();
    place(page.images);
    days.dataset.next = page.next ?? "";
    if (onward) onward.hidden = !page.next;
    return true;
  })().catch(() => false).finally(() => { loading = null; });
  return loading;
}
if (onward) {
  let near = false;
  const watch = new IntersectionObserver(async ([entry]) => {
    near = entry.isIntersecting;
    while (near && (await more())) await new Promise(requestAnimationFrame);
  }, { rootMargin: "1600px" });
  watch.observe(onward);
  if (days.dataset.next) loadCounts().catch(() => {});
}

// ---- the scrubber ----
const marks = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".scrubber a")]);
/** The first loaded day of a period. @param {string} period */
const dayOf = (period) => /** @type {HTMLElement | undefined} */ ([...days.children].find((one) => one instanceof HTMLElement && (one.dataset.day ?? "").startsWith(period)));
for (const mark of marks) {
  mark.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || days.dataset.inside !== undefined) return;
    const period = mark.dataset.period ?? "";
    let later = -shown().size;
    for (const [day, count] of counts) if (day.slice(0, period.length) > period) later += count;
    if (!dayOf(period) && later > FARTHEST) return; // far: the link itself opens the page there
    event.preventDefault();
    while (!dayOf(period) && (await more(1000)));
    const part = dayOf(period);
    if (!part) return;
    part.scrollIntoView({ block: "start" });
    /** @type {HTMLElement | null} */ (part.querySelector(".tile"))?.focus({ preventScroll: true });
  });
}
let pending = false;
function whereAmI() {
  pending = false;
  const part = [...days.children].find((one) => one.getBoundingClientRect().bottom > 140);
  const day = part instanceof HTMLElement ? part.dataset.day ?? "" : "";
  for (const mark of marks) {
    if (day && day.startsWith(mark.dataset.period ?? "-")) mark.setAttribute("aria-current", "true");
    else mark.removeAttribute("aria-current");
  }
}
addEventListener("scroll", () => { if (!pending) { pending = true; requestAnimationFrame(whereAmI); } }, { passive: true });
whereAmI();

// ---- new pictures while a job runs ----
const total = document.querySelector("[data-total]");
let known = Number((total?.textContent ?? "0").replaceAll(",", ""));
let busy = false;
follow(async (status) => {
  if (status.images === known || busy || days.dataset.inside !== undefined) return;
  busy = true;
  try {
    const fresh = status.images - known;
    await refresh();
    await loadCounts();
    known = status.images;
    if (total) total.textContent = known.toLocaleString("en");
    if (fresh > 0) say(`${fresh} new picture${fresh === 1 ? "" : "s"}`);
  } catch { /* asked again with the next status */ } finally {
    busy = false;
  }
});

/** Ask again for everything that lies above the last picture shown. */
async function refresh() {
  const last = /** @type {HTMLElement | undefined} */ ([...days.querySelectorAll(".tile")].at(-1));
  let address = "/api/v1/images?limit=500&with=colour";
  for (let page = 0; address && page < 12; page += 1) {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const found = await answer.json();
    const whole = !found.next && !days.dataset.next;
    const above = found.images.filter((/** @type {Picture} */ one) => whole || !days.dataset.next || placeOf(one) >= (last?.dataset.place ?? ""));
    place(above);
    if (above.length < found.images.length) return;
    address = found.next;
  }
}

walk(days, { onEnd: () => more() });
escape(null);
bind([
  { keys: ["v"], label: "Rows or squares", group: "Pictures", run: () => set("layout", root.dataset.layout === "square" ? "rows" : "square") },
  {
    keys: ["-", "+"], label: "Smaller, larger", group: "Pictures",
    run: (event) => set("size", SIZES[Math.min(2, Math.max(0, SIZES.indexOf(root.dataset.size ?? "m") + (event.key === "+" ? 1 : -1)))]),
  },
]);

// Trends: the slider goes from fewer to more groups; the server draws each cut, and this page takes over its parts.
// Names are edited in place, and picked trends joined or taken apart.

import { change, changed } from "./changes.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";
import { edit } from "./rename.js";
import { follow } from "./status.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-counts]"));
const range = /** @type {HTMLInputElement} */ (form.querySelector('input[type="range"]'));
const output = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
const counts = (form.dataset.counts ?? "").split(" ").filter(Boolean).map(Number);
const query = new URL(location.href).searchParams.get("q") ?? "";
const by = new URL(location.href).searchParams.get("by") ?? "";
/** Whether these are the library's own trends, which people may change. */
const own = !query && (by === "" || by === "look" || Number(by) === 0);
const STEPS = 1000;
const SETTLED_MS = 700;

/** The address of a cut. @param {number} count @param {string} [path] */
function addressOf(count, path = "/clusters") {
  const values = new URLSearchParams({ count: String(count), ...(query && { q: query }), ...(by && { by }) });
  return `${path}?${values}`;
}

// The slider is logarithmic: from 5 to 10 groups changes as much as from 50 to 100.
const least = Math.log(counts[0] ?? 1);
const most = Math.log(counts.at(-1) ?? 1);
/** @param {number} count */
const toStep = (count) => (most > least ? ((Math.log(count) - least) / (most - least)) * STEPS : 0);
/** The allowed count nearest to a step. @param {number} step */
function toCount(step) {
  const wanted = least + (step / STEPS) * (most - least);
  return counts.reduce((best, one) => (Math.abs(Math.log(one) - wanted) < Math.abs(Math.log(best) - wanted) ? one : best), counts[0] ?? 1);
}

let count = Number(range.value);
const first = count;
range.removeAttribute("name");
range.min = "0";
range.max = String(STEPS);
range.step = "any";

function paint() {
  const step = toStep(count);
  if (document.activeElement !== range || Math.abs(Number(range.value) - step) > STEPS / 20) range.value = String(step);
  range.style.setProperty("--at", `${(100 * Number(range.value)) / STEPS}%`);
  range.setAttribute("aria-valuetext", `${count} groups`);
  output.textContent = count.toLocaleString("en");
}

// ---- drawing a cut ----
/** @type {AbortController | null} */
let asking = null;
/** @param {string} address @param {AbortSignal} [signal] */
async function draw(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
/** @param {Document} page */
function takeOver(page) {
  for (const name of ["sum", "groups"]) {
    const [old, fresh] = [document, page].map((from) => from.querySelector(`[data-part="${name}"]`));
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  settleAlone();
  watchOnward();
  letGo();
}
async function redraw() {
  asking?.abort();
  asking = new AbortController();
  try {
    const page = await draw(addressOf(count), asking.signal);
    if (page) takeOver(page);
    say(`${count} groups`);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
}
// One step back undoes one move of the slider, however many counts it went over.
let moving = false;
let settled = 0;
function keepAddress() {
  if (moving) history.replaceState(null, "", addressOf(count));
  else history.pushState(null, "", addressOf(count));
  moving = true;
  clearTimeout(settled);
  settled = setTimeout(() => { moving = false; }, SETTLED_MS);
}
addEventListener("popstate", () => {
  const wanted = Number(new URL(location.href).searchParams.get("count") ?? first);
  moving = false;
  if (wanted === count) return;
  count = wanted;
  paint();
  range.value = String(toStep(count));
  paint();
  void redraw();
});
let timer = 0;
/** @param {number} wanted */
function choose(wanted) {
  if (wanted === count) return;
  count = wanted;
  paint();
  keepAddress();
  clearTimeout(timer);
  timer = setTimeout(() => void redraw(), 60);
}
/** @param {number} step */
const move = (step) => choose(counts[Math.min(counts.length - 1, Math.max(0, counts.indexOf(count) + step))] ?? count);

range.addEventListener("input", () => {
  range.style.setProperty("--at", `${(100 * Number(range.value)) / STEPS}%`);
  choose(toCount(Number(range.value)));
});
range.addEventListener("change", () => { range.value = String(toStep(count)); paint(); });
range.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  move(step);
  range.value = String(toStep(count));
  paint();
});
form.addEventListener("submit", (event) => event.preventDefault());
if (!counts.includes(count)) counts.push(count), counts.sort((a, b) => a - b);
paint();

// ---- more trends, and those that stand alone ----
function watchOnward() {
  const onward = document.querySelector("[data-onward]");
  const link = onward?.querySelector("a");
  if (!onward || !link) return;
  const watch = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    watch.disconnect();
    const page = await draw(link.href).catch(() => null);
    if (!page || !onward.isConnected) return;
    const there = document.querySelector(".trends");
    for (const article of page.querySelectorAll(".trends > *")) there?.append(document.adoptNode(article));
    const rest = [...page.querySelectorAll("[data-onward], .alone, .edits")];
    onward.replaceWith(...rest.map((one) => document.adoptNode(one)));
    settleAlone();
    watchOnward();
  }, { rootMargin: "800px" });
  watch.observe(onward);
}
function settleAlone() {
  for (const tile of document.querySelectorAll(".alone .tile")) if (tile instanceof HTMLElement) tile.tabIndex = 0;
}
watchOnward();

// ---- changes by hand ----
changed(() => void redraw());
/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const articleOf = (target) => (target instanceof Element ? target.closest("article[data-trend]") : null);
/** @param {HTMLElement | null} article */
function rename(article) {
  const place = article?.querySelector("h2");
  if (!article || !(place instanceof HTMLElement) || !own) return false;
  edit(place, article.dataset.name ?? "", addressOf(count, `/api/v1/clusters/${article.dataset.trend}`), () => {});
}

/** The picked trends, in the order of picking. @type {Map<string, string>} */
const picked = new Map();
const bar = /** @type {HTMLElement} */ (document.querySelector("[data-picked]"));
function drawBar() {
  bar.hidden = !picked.size;
  const said = bar.querySelector("[data-picked-count]");
  if (said) said.textContent = `${picked.size} trend${picked.size === 1 ? "" : "s"}`;
  const [merge, split] = ["merge", "split"].map((name) => bar.querySelector(`[data-do-trends="${name}"]`));
  if (merge instanceof HTMLButtonElement) merge.disabled = picked.size < 2;
  if (split instanceof HTMLButtonElement) split.disabled = picked.size !== 1;
  for (const article of document.querySelectorAll("article[data-trend]")) {
    const on = picked.has(/** @type {HTMLElement} */ (article).dataset.trend ?? "");
    article.classList.toggle("picked", on);
    const box = article.querySelector("[data-pick-trend]");
    if (box instanceof HTMLInputElement) box.checked = on;
  }
}
function letGo() { picked.clear(); drawBar(); }
/** @param {HTMLElement | null} article */
function pick(article) {
  const id = article?.dataset.trend;
  if (!id || !own) return false;
  if (!picked.delete(id)) picked.set(id, article.dataset.name ?? "");
  drawBar();
}
async function merge() {
  if (picked.size < 2) return;
  const body = { clusters: [...picked.keys()].map(Number), count };
  await change("/api/v1/clusters/merge", "POST", body, `Joined: ${[...picked.values()].join(", ")}`).catch(() => {});
}
/** @param {string | undefined} id @param {string | undefined} name */
async function split(id, name) {
  if (!id) return;
  await change("/api/v1/clusters/split", "POST", { cluster: Number(id), parts: 2, count }, `Taken apart: ${name}`).catch(() => {});
}
const verbs = { merge, split: () => split(...([...picked][0] ?? [])), clear: letGo };
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const verb = event.target.closest("[data-do-trends]");
  if (verb instanceof HTMLElement) void verbs[/** @type {keyof typeof verbs} */ (verb.dataset.doTrends)]();
  else if (event.target.closest("[data-rename]")) rename(articleOf(event.target));
  const row = event.target.closest("[data-dismiss]")?.closest("[data-edit]");
  if (row instanceof HTMLElement) void change(`/api/v1/clusters/edits/${row.dataset.edit}`, "DELETE", undefined, "Taken back").catch(() => {});
});
document.addEventListener("change", (event) => {
  const { target } = event;
  if (target instanceof HTMLInputElement && target.matches("[data-pick-trend]")) pick(articleOf(target));
  if (!(target instanceof HTMLSelectElement) || !target.matches("[data-give]") || !target.value) return;
  const row = target.closest("[data-edit]");
  if (row instanceof HTMLElement) void change(`/api/v1/clusters/edits/${row.dataset.edit}`, "PATCH", { cluster: Number(target.value), count }, "Given to another trend").catch(() => {});
});

// ---- when an index is finished, or a job begins or ends ----
/** @type {string | null} */
let state = null;
follow((status) => {
  const now = JSON.stringify([status.indexed, status.clusters, status.jobs.some((job) => job.state === "running")]);
  if (state !== null && state !== now) location.reload();
  state = now;
});

const here = () => articleOf(document.activeElement);
bind([
  { keys: ["[", "]"], label: "Fewer, more groups", group: "Trends", run: (event) => move(event.key === "[" ? -1 : 1) },
  {
    keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "Trend to trend", group: "Trends",
    run: (event) => {
      const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".trend .set")]);
      const at = links.findIndex((link) => link === document.activeElement);
      if (at < 0 && (event.key === "ArrowUp" || event.key === "ArrowDown")) return false;
      const grid = document.querySelector(".trends");
      const columns = grid ? getComputedStyle(grid).gridTemplateColumns.split(" ").length : 1;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0;
      const link = links[at < 0 ? 0 : at + step];
      link?.focus({ preventScroll: true });
      link?.scrollIntoView({ block: "nearest" });
    },
  },
  { keys: ["Enter"], label: "Open", group: "Trends" },
  ...(!own ? [] : [
    { keys: ["F2"], label: "Name a trend", group: "Trends", run: () => rename(here()) },
    { keys: ["x"], label: "Pick a trend", group: "Trends", run: () => (here() ? pick(here()) : false) },
    { keys: ["m"], label: "Join the picked trends", group: "Trends", run: () => (picked.size > 1 ? void merge() : false) },
    {
      keys: ["s"], label: "Take a trend apart", group: "Trends",
      run: () => {
        const [id, name] = picked.size === 1 ? [...picked][0] : [here()?.dataset.trend, here()?.dataset.name];
        if (!id) return false;
        void split(id, name);
      },
    },
    { keys: ["Escape"], label: "Let go of the picked trends", group: "Trends", run: () => (picked.size ? letGo() : false) },
  ]),
]);
drawBar();

// Trends: the slider goes from fewer to more groups; the server draws each cut, and this page takes over its parts.

import { say } from "./frame.js";
import { bind } from "./keys.js";
import { follow } from "./status.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-counts]"));
const range = /** @type {HTMLInputElement} */ (form.querySelector('input[type="range"]'));
const output = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
const counts = (form.dataset.counts ?? "").split(" ").filter(Boolean).map(Number);
const STEPS = 1000;

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
}
let timer = 0;
function change() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    asking?.abort();
    asking = new AbortController();
    const address = `/clusters?count=${count}`;
    history.replaceState(null, "", address);
    try {
      const page = await draw(address, asking.signal);
      if (page) takeOver(page);
      say(`${count} groups`);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }, 60);
}
/** @param {number} wanted */
function choose(wanted) {
  if (wanted === count) return;
  count = wanted;
  paint();
  change();
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
    const next = page.querySelector("[data-onward]");
    const alone = page.querySelector(".alone");
    onward.replaceWith(...[next, alone].filter((one) => one !== null).map((one) => document.adoptNode(/** @type {Element} */ (one))));
    settleAlone();
    watchOnward();
  }, { rootMargin: "800px" });
  watch.observe(onward);
}
function settleAlone() {
  for (const tile of document.querySelectorAll(".alone .tile")) if (tile instanceof HTMLElement) tile.tabIndex = 0;
}
watchOnward();

// ---- when an index is finished, or a job begins or ends ----
/** @type {string | null} */
let state = null;
follow((status) => {
  const now = JSON.stringify([status.indexed, status.clusters, status.jobs.some((job) => job.state === "running")]);
  if (state !== null && state !== now) location.reload();
  state = now;
});

const groups = document.querySelector(".trends");
bind([
  { keys: ["[", "]"], label: "Fewer, more groups", group: "Trends", run: (event) => move(event.key === "[" ? -1 : 1) },
  {
    keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "Trend to trend", group: "Trends",
    run: (event) => {
      const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".trend .set")]);
      const at = links.findIndex((link) => link === document.activeElement);
      if (at < 0 && (event.key === "ArrowUp" || event.key === "ArrowDown")) return false;
      const columns = groups ? getComputedStyle(/** @type {Element} */ (document.querySelector(".trends"))).gridTemplateColumns.split(" ").length : 1;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0;
      const link = links[at < 0 ? 0 : at + step];
      link?.focus({ preventScroll: true });
      link?.scrollIntoView({ block: "nearest" });
    },
  },
  { keys: ["Enter"], label: "Open", group: "Trends" },
]);

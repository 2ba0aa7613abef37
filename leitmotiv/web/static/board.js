// One board: its sides, its trainings and what it found. The server draws it; after each change the parts that differ are
// taken over from a fresh drawing, so that two tabs, undo and a training all end in what the server says.

import { change, changed, toast } from "./changes.js";
import { receive } from "./board-pictures.js";
import { looking } from "./board-look.js";
import { look, views } from "./board-views.js";
import { bind } from "./keys.js";
import { choose, SAID } from "./pinning.js";
import { edit } from "./rename.js";
import { escape, settle, walk } from "./tiles.js";
import { adopt, fetchPart } from "./viewer.js";

/** @typedef {import("./pinning.js").Side} Side */

const root = /** @type {HTMLElement} */ (document.querySelector("#board"));
/** @template {Element} T @param {string} selector @returns {T | null} */
const part = (selector) => root.querySelector(selector);
const title = () => /** @type {HTMLElement} */ (part('[data-part="title"]')).dataset;
const id = title().board ?? "";
const address = `/api/v1/boards/${id}`;
const REST_MS = 300;
const frozen = title().frozen !== undefined;
if (title().trashed === undefined) choose({ id: Number(id), name: title().name ?? "" });

// ---- what the server says ----
let asked = 0;
/** The address of this page: while a picture lies over it, the bar has that picture's. */
let here = location.href;
/** Take over the parts that differ. */
async function refresh() {
  const turn = ++asked;
  const fresh = await fetchPart(here, "board").catch(() => null);
  if (!fresh || turn !== asked || moving.size) return;
  const held = keyOf(document.activeElement);
  const open = part("details.drawn")?.hasAttribute("open");
  adopt(fresh, "board");
  revision = Number(/** @type {HTMLElement | null} */ (fresh.querySelector('[data-part="title"]'))?.dataset.revision);
  const same = stateOf(root) === stateOf(fresh);
  for (const selector of ['[data-part="title"]', '[data-part="sides"]', same ? ".snapshots" : '[data-part="found"]']) {
    const [old, now] = [part(selector), fresh.querySelector(selector)];
    if (old && now && old.outerHTML !== now.outerHTML) old.replaceWith(now);
  }
  if (same && !frozen) mark();
  part("details.drawn")?.toggleAttribute("open", Boolean(open));
  if (title().trashed === undefined) choose({ id: Number(id), name: title().name ?? "" });
  arrive();
  if (held) /** @type {HTMLElement | null} */ (part(held))?.focus({ preventScroll: true });
}

/** What the results answer; while it is the same, those that are there stay, however many came by scrolling. @param {ParentNode} of */
const stateOf = (of) => of.querySelector("#results")?.getAttribute("data-state") ?? of.querySelector("[data-lacking]")?.getAttribute("data-lacking") ?? null;
/** Results say whether they are on the board. */
function mark() {
  /** @type {Map<string, string>} */
  const sides = new Map();
  for (const one of root.querySelectorAll('[data-part="sides"] :is([data-example], .drawn [data-id])')) {
    sides.set(one.getAttribute("data-example") ?? one.getAttribute("data-id") ?? "", one.closest("[data-side]")?.getAttribute("data-side") ?? "negative");
  }
  for (const figure of root.querySelectorAll("#results .result")) {
    const side = sides.get(figure.querySelector("[data-id]")?.getAttribute("data-id") ?? "");
    if (side) figure.setAttribute("data-on", side); else figure.removeAttribute("data-on");
  }
}

/** What has the focus, as a selector that finds it again. @param {Element | null} element */
function keyOf(element) {
  if (!(element instanceof HTMLElement) || !root.contains(element)) return "";
  const example = element.closest("[data-example]");
  const result = element.closest("#results .result");
  const tag = element.localName;
  if (example) return `[data-example="${example.getAttribute("data-example")}"] ${tag}`;
  if (result) return `#results .result[data-rank="${result.getAttribute("data-rank")}"] ${tag}`;
  const does = Object.keys(element.dataset).find((name) => name.startsWith("do"));
  return does ? `[data-${does.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]` : element.id ? `#${element.id}` : "";
}

/** What every fresh drawing needs. */
function arrive() {
  for (const range of root.querySelectorAll('input[type="range"]')) if (range instanceof HTMLInputElement) fill(range);
  const results = part("#results");
  if (results instanceof HTMLElement) { walk(results); look(results); }
  settle();
  more();
}
/** @param {HTMLInputElement} range */
function fill(range) {
  range.style.setProperty("--at", `${(100 * (Number(range.value) - Number(range.min))) / (Number(range.max) - Number(range.min))}%`);
}

/** The state of the board that this page knows of; a change says it, so that it is refused where another tab was faster. */
let revision = Number(title().revision);
/** Changes go one after the other: each says the state that the one before left. @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Change something of this board and draw what came of it; where it is refused, the board is drawn anew.
 * @param {string} path @param {"POST" | "PUT" | "PATCH" | "DELETE"} method @param {Record<string, unknown>} body @param {string} [words]
 * @returns {Promise<any>} what the server answered; null where it refused
 */
function act(path, method, body, words) {
  const turn = last.then(async () => {
    const form = await change(`${address}${path}`, method, "revision" in body ? { ...body, revision } : body, words).catch((error) => { conflict(error); return null; });
    const now = form?.board?.revision ?? form?.revision;
    if (now) revision = now;
    if (!form) await refresh();
    return form;
  });
  last = turn;
  return turn;
}
changed(() => void refresh());
const CHANGED = "This board was changed in another tab; it is shown as it is now. Do it again.";
/** Whether a change was refused for the state that another tab left. @param {{status?: number, message?: string}} error */
function conflict(error) {
  const so = error.status === 409 && /in another place/.test(error.message ?? "");
  if (so) toast(CHANGED);
  return so;
}

// ---- examples ----
/** @param {Side} side @param {string[]} ids */
function put(side, ids) {
  const count = ids.length === 1 ? "1 picture" : `${ids.length} pictures`;
  return act("/examples", "POST", { side, ids, revision }, `${count}: ${SAID[side].toLowerCase()}`);
}
/** Hand a file in, in its turn among the changes. @param {FormData} form @returns {Promise<string>} why it was refused, if it was */
function hand(form) {
  const turn = last.then(async () => {
    form.set("revision", String(revision));
    const answer = await fetch(`${address}/pictures`, { method: "POST", body: form }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (answer?.ok) revision = told.board.revision;
    else if (answer?.status === 409) await refresh();
    if (answer?.status === 409 && conflict({ status: 409, message: told?.detail })) return CHANGED;
    return answer?.ok ? "" : told?.detail ?? "the server did not answer";
  });
  last = turn;
  return turn;
}
if (!frozen) receive(root, hand, put, () => void refresh());

root.addEventListener("input", (event) => {
  const range = event.target;
  if (!(range instanceof HTMLInputElement) || range.type !== "range") return;
  fill(range);
  const row = range.closest("[data-example]");
  const told = row?.querySelector("output");
  if (told) told.textContent = `${row?.classList.contains("out") ? "−" : ""}${Number(Number(range.value).toFixed(2))}`;
});
root.addEventListener("change", (event) => {
  const field = event.target;
  const row = field instanceof Element ? field.closest("[data-example]") : null;
  if (row && field instanceof HTMLInputElement) weigh(row.getAttribute("data-example") ?? "", Number(field.value));
  else if (field instanceof Element && field.matches('#sort, [name="own"]')) go();
});

/** Sliders that were moved by keys rest a moment before they count. @type {Map<string, number>} */
const moving = new Map();
/** @param {string} example @param {number} weight */
function weigh(example, weight) {
  clearTimeout(moving.get(example));
  moving.set(example, setTimeout(() => {
    moving.delete(example);
    void act("/examples", "PUT", { ids: [example], weight, revision }, `Weight ${weight}`);
  }, REST_MS));
}

// ---- what buttons do ----
/** The picture that a button stands beside. @param {Element} button */
function idOf(button) {
  return button.closest("[data-example]")?.getAttribute("data-example") ?? button.closest(".result")?.querySelector("[data-id]")?.getAttribute("data-id") ?? "";
}
/** @type {Record<string, (button: Element) => unknown>} */
const does = {
  doMore: (button) => put("positive", [idOf(button)]),
  doLess: (button) => put("negative", [idOf(button)]),
  doOff: (button) => act("/examples", "DELETE", { ids: [idOf(button)], revision }, "Taken off the board"),
  doTrain: () => train(),
  doRename: () => rename(),
  doDraw: () => draw(),
  doRedraw: (button) => act("/draw", "POST", { replace: [idOf(button)], revision }, "Another was drawn in its place"),
  doUndraw: () => act("/draw", "POST", { count: 0, revision }, "Drawn pictures taken off"),
  doRestore: () => restore(),
  doName: () => name(),
  doPrune: () => prune(),
  doKeep: (button) => keep(Number(button.getAttribute("data-do-keep"))),
};
// what is opened from a view of crops or heat is the result, not the picture alone
root.addEventListener("click", (event) => {
  const tile = event.target instanceof Element ? event.target.closest("#results .tile") : null;
  if (!tile || event.ctrlKey || event.metaKey || event.shiftKey || part("#results")?.getAttribute("data-wanted") === "preview") return;
  const link = tile.parentElement?.querySelector(".acts a");
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  location.assign(link.href);
});
root.addEventListener("click", (event) => {
  const found = event.target instanceof Element ? event.target.closest("button, a") : null;
  if (!(found instanceof HTMLElement)) return;
  const verb = Object.keys(found.dataset).find((one) => one in does);
  if (verb) void does[verb](found);
  else if (found.dataset.layoutTo && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    settleAddress({ layout: found.dataset.layoutTo });
    void refresh();
  }
});

/** Others in the place of all that were drawn; the first time as many as the board has for it. */
function draw() {
  const drawn = [...root.querySelectorAll(".drawn [data-id]")].map((one) => one.getAttribute("data-id"));
  const count = drawn.length || Math.max(8, root.querySelectorAll('[data-side="positive"] [data-example]').length);
  return act("/draw", "POST", { count, replace: drawn, revision }, drawn.length ? "Drew others against" : `${count} drawn against`);
}

let training = false;
async function train() {
  const button = /** @type {HTMLButtonElement | null} */ (part("[data-do-train]"));
  if (!button || button.disabled || training || lookFirst()) return;
  training = true;
  button.disabled = true;
  const told = part("[data-stale]");
  if (told) {
    // the first time every picture of the library is looked at: the job that does it tells how far it is
    const far = document.createElement("span");
    far.dataset.going = "";
    told.replaceChildren("Training… ", far);
  }
  const done = await act("/train", "POST", {}, "Trained");
  training = false;
  if (!done) button.disabled = false;
  else if (new URL(location.href).pathname !== `/boards/${id}`) location.assign(`/boards/${id}`);
}
const lookFirst = looking(root, () => (part('[data-side="positive"] [data-example]') && !frozen ? Number(id) : null), refresh);
function rename() {
  const place = /** @type {HTMLElement | null} */ (part("[data-title]"));
  if (place && !frozen) edit(place, title().name ?? "", address, () => {}, (body) => act("", "PATCH", { ...body, revision }, `Called “${body.name}”`));
}
async function restore() {
  if (title().trashed !== undefined) {
    const back = await change(`${address}/restore`, "POST", {}, "The board is back").catch(() => null);
    if (back) setTimeout(() => location.reload(), 500);
    return;
  }
  const done = await act(`/snapshots/${title().snapshot}/restore`, "POST", {}, "Restored an earlier training");
  if (done) setTimeout(() => location.assign(`/boards/${id}`), 500);
}
function name() {
  const place = part(".snapshot.here .name-of");
  const one = part(".snapshot.here");
  if (place instanceof HTMLElement && one instanceof HTMLElement) edit(place, one.dataset.name ?? "", `${address}/snapshots/${one.dataset.snapshot}`, () => {});
}
/** Keep the best results, of those that the filters hold for, as a selection, by which they go everywhere. @param {number} count */
async function keep(count) {
  const asked = new URLSearchParams({ n: String(count), snapshot: title().snapshot ?? "", q: new URL(here).searchParams.get("q") ?? "" });
  const answer = await fetch(`${address}/results?${asked}`).catch(() => null);
  const form = answer?.ok ? await answer.json() : null;
  if (!form) return toast("The results could not be read. Is the server still running?");
  const name = `${title().name}, found ${new Date().toISOString().slice(0, 16).replace("T", " ")}`;
  await change("/api/v1/selections", "POST", { name, ids: form.results.map((/** @type {{id: string}} */ one) => one.id) }, `Kept as ${name}`).catch(() => {});
}
async function prune() {
  const done = await act(`/snapshots/${title().snapshot}`, "DELETE", {}, "Forgot a training");
  if (done !== null && frozen) setTimeout(() => location.assign(`/boards/${id}`), 500);
}

// ---- what is shown ----
/** @param {Record<string, string>} values  what the address says from now on */
function settleAddress(values) {
  const now = new URL(location.href);
  for (const [key, value] of Object.entries(values)) if (value) now.searchParams.set(key, value); else now.searchParams.delete(key);
  now.searchParams.delete("from");
  history.replaceState(history.state, "", now);
  here = now.href;
}
function go() {
  const form = /** @type {HTMLFormElement | null} */ (part("[data-asking]"));
  if (!form) return;
  const values = new FormData(form);
  settleAddress({ q: String(values.get("q") ?? "").trim(), sort: String(values.get("sort") ?? ""), own: String(values.get("own") ?? "") });
  void refresh();
}
root.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-asking]")) return;
  event.preventDefault();
  go();
});

// ---- more results as one comes to the end ----
const ahead = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) void next(); }, { rootMargin: "800px" });
function more() {
  ahead.disconnect();
  const link = part("[data-onward]");
  if (link) ahead.observe(link);
}
let coming = false;
async function next() {
  const [results, link] = [part("#results"), /** @type {HTMLAnchorElement | null} */ (part("[data-onward] a"))];
  if (coming || !(results instanceof HTMLElement) || !link) return;
  coming = true;
  const fresh = await fetchPart(link.href, "results").catch(() => null);
  coming = false;
  const found = fresh?.querySelector("[data-more-results]");
  if (!fresh || !found || results !== part("#results")) return;
  adopt(fresh, link.href);
  const following = found.getAttribute("data-following");
  results.append(...found.children);
  if (following) link.href = following; else link.parentElement?.remove();
  look(results);
  settle();
  more();
}

// ---- keys ----
const group = "This board";
bind([
  ...(frozen ? [] : [{ keys: ["T"], label: "Train", group, run: () => void train() }, { keys: ["F2"], label: "Rename", group, run: rename }]),
  {
    keys: ["i"], label: "Why this one, and its crops", group,
    run: () => {
      const link = document.activeElement?.closest(".result")?.querySelector(".acts a");
      if (!(link instanceof HTMLAnchorElement)) return false;
      link.click();
    },
  },
  {
    keys: ["Delete", "Backspace"], label: "Off the board", group,
    run: () => {
      const row = document.activeElement?.closest("[data-example], #results .result[data-on]");
      if (!row || frozen) return false;
      void does.doOff(row);
    },
  },
]);
escape(null);
views(root, settleAddress);
arrive();
if (location.hash === "#name") { history.replaceState(history.state, "", location.pathname); rename(); }
addEventListener("pageshow", (event) => { if (event.persisted) void refresh(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && !root.querySelector("input.renaming")) void refresh(); });

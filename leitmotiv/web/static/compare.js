// Two copies under one zoom: side by side, one over the other, or with a line between them. Both lie in one plane, whose
// unit is a pixel of the outer picture; a crop lies where it was cut, a mirrored copy is turned back.

import { say } from "./frame.js";
import { bind } from "./keys.js";
import { recall, remember } from "./memory.js";

const MOST = 8;
const STEP = 1.25;
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.compare"));
const panes = /** @type {HTMLElement} */ (dialog.querySelector(".panes"));
const range = /** @type {HTMLInputElement} */ (dialog.querySelector("[data-divider]"));
const SIDES = /** @type {const} */ (["keeper", "member"]);

/** @typedef {{left: number, top: number, width: number, height: number, mirrored: boolean}} Place */
/** @type {{decide: (copy: HTMLElement, word: "keep" | "remove") => Promise<void>, deny: (copy: HTMLElement) => Promise<void>} | null} */
let acts = null;
let groupId = "";
let memberKey = "";
/** @type {Record<"keeper" | "member", Place>} */
let places = { keeper: nowhere(), member: nowhere() };
let plane = { width: 1, height: 1 };
let view = { x: 0.5, y: 0.5, scale: 1 };
let fitted = true;

/** @returns {Place} */
function nowhere() { return { left: 0, top: 0, width: 1, height: 1, mirrored: false }; }
/** @param {"keeper" | "member"} side */
const pane = (side) => /** @type {HTMLElement} */ (panes.querySelector(`.pane[data-side="${side}"]`));
const group = () => document.querySelector(`.group[data-group="${groupId}"]`);
/** @returns {HTMLElement[]} */
const copies = () => [...(group()?.querySelectorAll(".copy") ?? [])].filter((one) => one instanceof HTMLElement);
const member = () => copies().find((one) => one.dataset.key === memberKey) ?? null;

// ---- what is shown ----
/** Lay both pictures into one plane. @param {HTMLElement} kept @param {HTMLElement} copy */
function lay(kept, copy) {
  const own = { keeper: dimensions(kept), member: dimensions(copy) };
  const pair = JSON.parse(copy.dataset.pair ?? "{}");
  const outer = pair.outer === "member" ? "member" : "keeper";
  const inner = outer === "member" ? "keeper" : "member";
  plane = own[outer];
  const [left, top, width, height] = pair.box ?? [0, 0, 1, 1];
  places[outer] = { left: 0, top: 0, ...plane, mirrored: false };
  places[inner] = { left: left * plane.width, top: top * plane.height, width: width * plane.width, height: height * plane.height, mirrored: Boolean(pair.mirrored) };
}
/** @param {HTMLElement} copy */
const dimensions = (copy) => ({ width: Number(copy.dataset.w), height: Number(copy.dataset.h) });

/** @param {HTMLElement} copy */
function show(copy) {
  const kept = copies()[0];
  if (!kept) return;
  memberKey = copy.dataset.key ?? "";
  lay(kept, copy);
  for (const [side, one] of /** @type {["keeper" | "member", HTMLElement][]} */ ([["keeper", kept], ["member", copy]])) {
    const image = /** @type {HTMLImageElement} */ (pane(side).querySelector("img"));
    const address = `/images/${one.dataset.image}/file`;
    if (image.getAttribute("src") !== address) {
      image.src = address;
      image.style.backgroundImage = `url("/thumb/${one.dataset.image}/512.jpg")`;
      image.style.backgroundSize = "100% 100%";
    }
    image.style.width = `${places[side].width}px`;
    image.style.height = `${places[side].height}px`;
    pane(side).setAttribute("aria-label", one.dataset.name ?? "");
    const label = /** @type {HTMLElement} */ (pane(side).querySelector("[data-label]"));
    label.textContent = word(one, side);
    label.classList.toggle("best", !one.classList.contains("is-remove") && (side === "keeper" || one.classList.contains("is-keep")));
    /** @type {HTMLElement} */ (dialog.querySelector(`[data-name-of="${side}"]`)).textContent = one.dataset.name ?? "";
    /** @type {HTMLElement} */ (dialog.querySelector(`[data-facts-of="${side}"]`)).textContent = `${one.dataset.facts} · ${one.querySelector(".reasons")?.textContent ?? ""}`;
  }
  const strip = /** @type {HTMLElement} */ (dialog.querySelector(".others"));
  strip.replaceChildren(...copies().slice(1).map((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(one === copy));
    button.setAttribute("aria-label", one.dataset.name ?? "");
    button.title = one.dataset.name ?? "";
    const image = document.createElement("img");
    image.src = `/thumb/${one.dataset.image}/256.jpg`;
    image.alt = "";
    button.append(image);
    button.addEventListener("click", () => show(one));
    return button;
  }));
  strip.hidden = copies().length < 3;
  if (fitted) fit(); else paint();
}
/** @param {HTMLElement} one @param {"keeper" | "member"} side */
function word(one, side) {
  if (one.classList.contains("is-remove")) return "to the trash";
  if (one.classList.contains("is-keep")) return "keep";
  return side === "keeper" ? "keep?" : "copy";
}

// ---- one zoom for both ----
function paint() {
  for (const side of SIDES) {
    const frame = pane(side);
    const place = places[side];
    const [width, height] = [frame.clientWidth, frame.clientHeight];
    const left = width / 2 + (place.left - view.x) * view.scale;
    const top = height / 2 + (place.top - view.y) * view.scale;
    const across = place.mirrored ? -view.scale : view.scale;
    const from = place.mirrored ? left + place.width * view.scale : left;
    const image = /** @type {HTMLElement} */ (frame.querySelector("img"));
    image.style.transform = `matrix(${across}, 0, 0, ${view.scale}, ${from}, ${top})`;
    frame.classList.toggle("sharp", view.scale >= 3);
  }
  /** @type {HTMLElement} */ (dialog.querySelector("[data-scale]")).textContent = `${Math.round(100 * view.scale)} %`;
}
function whole() {
  const frame = pane("keeper");
  return Math.min(frame.clientWidth / plane.width, frame.clientHeight / plane.height);
}
function fit() {
  view = { x: plane.width / 2, y: plane.height / 2, scale: whole() };
  fitted = true;
  paint();
}
/** Zoom, with one point of a pane staying where it is. @param {number} scale @param {number} [x] @param {number} [y] */
function zoom(scale, x, y) {
  const frame = pane("keeper");
  const [atX, atY] = [(x ?? frame.clientWidth / 2) - frame.clientWidth / 2, (y ?? frame.clientHeight / 2) - frame.clientHeight / 2];
  const next = Math.min(MOST, Math.max(Math.min(whole(), 1) / 2, scale));
  view.x += atX / view.scale - atX / next;
  view.y += atY / view.scale - atY / next;
  view.scale = next;
  fitted = false;
  paint();
}
/** @param {number} x @param {number} y */
function pan(x, y) {
  view.x = Math.min(plane.width, Math.max(0, view.x - x / view.scale));
  view.y = Math.min(plane.height, Math.max(0, view.y - y / view.scale));
  fitted = false;
  paint();
}
/** @param {MouseEvent} event */
function within(event) {
  const side = event.target instanceof Element ? event.target.closest(".pane") : null;
  const bounds = (side ?? pane("keeper")).getBoundingClientRect();
  return [event.clientX - bounds.left, event.clientY - bounds.top];
}
panes.addEventListener("wheel", (event) => {
  event.preventDefault();
  const [x, y] = within(event);
  zoom(view.scale * Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), x, y);
}, { passive: false });
panes.addEventListener("dblclick", (event) => {
  if (event.target instanceof Element && event.target.closest(".divider")) return;
  const [x, y] = within(event);
  if (Math.abs(view.scale - 1) < 0.01) fit(); else zoom(1, x, y);
});
/** @type {Map<number, {x: number, y: number}>} */
const fingers = new Map();
let drawing = false;
panes.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  drawing = event.target instanceof Element && event.target.closest(".divider") !== null;
  panes.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
panes.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  if (drawing) return slide((100 * (event.clientX - panes.getBoundingClientRect().left)) / panes.clientWidth);
  const others = [...fingers].filter(([id]) => id !== event.pointerId);
  if (others.length) {
    const [, still] = others[0];
    const [was, now] = [before, { x: event.clientX, y: event.clientY }].map((one) => Math.hypot(one.x - still.x, one.y - still.y));
    const bounds = pane("keeper").getBoundingClientRect();
    if (was > 10) zoom((view.scale * now) / was, still.x - bounds.left, still.y - bounds.top);
  } else pan(event.clientX - before.x, event.clientY - before.y);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
for (const name of ["pointerup", "pointercancel"]) panes.addEventListener(name, (event) => { fingers.delete(/** @type {PointerEvent} */ (event).pointerId); drawing = false; });
new ResizeObserver(() => { if (dialog.open) { if (fitted) fit(); else paint(); } }).observe(panes);

// ---- the three ways, the line, the swap ----
/** @param {string} mode */
function choose(mode) {
  panes.dataset.mode = mode;
  panes.classList.remove("turned");
  for (const button of dialog.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === mode));
  range.hidden = mode !== "slider";
  remember("compare", mode);
  if (fitted) fit(); else paint();
  say({ beside: "side by side", swap: "one over the other; hold space to swap", slider: "a line between them; arrows move it" }[mode] ?? "");
}
/** @param {number} at */
function slide(at) {
  const share = Math.min(100, Math.max(0, at));
  range.value = String(share);
  panes.style.setProperty("--line-at", `${share}%`);
}
range.addEventListener("input", () => slide(Number(range.value)));
/** @param {boolean} turned */
function turn(turned) { panes.classList.toggle("turned", turned); }
const swap = /** @type {HTMLElement} */ (dialog.querySelector("[data-swap]"));
swap.addEventListener("pointerdown", () => turn(true));
for (const name of ["pointerup", "pointerleave", "pointercancel"]) swap.addEventListener(name, () => turn(false));
swap.addEventListener("click", (event) => { if (event.detail === 0) turn(!panes.classList.contains("turned")); });

// ---- keys: one table for the handler and for the sheet ----
/** @param {number} step */
function next(step) {
  const all = copies().slice(1);
  const at = all.findIndex((one) => one.dataset.key === memberKey);
  const one = all[(at + step + all.length) % all.length];
  if (one) show(one);
}
/** @param {(copy: HTMLElement) => void} act */
const onMember = (act) => () => { const copy = member(); if (copy) act(copy); };
/** @type {{keys: string[], label: string, run: (event: KeyboardEvent) => void}[]} */
const KEYS = [
  { keys: ["b"], label: "Side by side", run: () => choose("beside") },
  { keys: ["w"], label: "Swap", run: () => choose("swap") },
  { keys: [" "], label: "Hold: the other one", run: (event) => { if (!event.repeat) turn(true); } },
  { keys: ["s"], label: "A line between them", run: () => choose("slider") },
  { keys: ["+", "="], label: "Nearer", run: () => zoom(view.scale * STEP) },
  { keys: ["-"], label: "Farther", run: () => zoom(view.scale / STEP) },
  { keys: ["0"], label: "Whole", run: fit },
  { keys: ["1"], label: "100 %", run: () => zoom(1) },
  { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "Move; the line, where there is one", run: (event) => {
    const step = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (panes.dataset.mode === "slider" && step[0]) slide(Number(range.value) - 2 * step[0]);
    else pan(60 * step[0], 60 * step[1]);
  } },
  { keys: ["[", "]"], label: "Copy before, after", run: (event) => next(event.key === "[" ? -1 : 1) },
  { keys: ["k"], label: "Keep this one", run: onMember((copy) => void acts?.decide(copy, "keep")) },
  { keys: ["x"], label: "To the trash", run: onMember((copy) => void acts?.decide(copy, "remove")) },
  { keys: ["n"], label: "Not a copy", run: onMember((copy) => void acts?.deny(copy)) },
];
bind(KEYS.map(({ keys, label }) => ({ keys: keys.map((key) => (key === " " ? "Space" : key)), label, group: "Comparing" })));
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === range && event.key.startsWith("Arrow")) return;
  if (event.key === " " && event.target instanceof HTMLButtonElement) return;
  const entry = KEYS.find(({ keys }) => keys.includes(event.key));
  if (!entry) return;
  event.preventDefault();
  entry.run(event);
});
dialog.addEventListener("keyup", (event) => { if (event.key === " " && !(event.target instanceof HTMLButtonElement)) turn(false); });
dialog.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("button") : null;
  if (!target) return;
  const { view: mode, zoom: how, inCompare, do: what } = target.dataset;
  if (mode) choose(mode);
  if (how) ({ in: () => zoom(view.scale * STEP), out: () => zoom(view.scale / STEP), fit, full: () => zoom(1) })[how]?.();
  if (what === "close") dialog.close();
  const copy = member();
  if (copy && inCompare === "deny") void acts?.deny(copy);
  else if (copy && (inCompare === "keep" || inCompare === "remove")) void acts?.decide(copy, inCompare);
});
dialog.addEventListener("close", () => {
  const frame = (member() ?? copies()[0])?.querySelector(".frame");
  if (frame instanceof HTMLElement) frame.focus({ preventScroll: true });
});

export const compare = {
  /** @param {HTMLElement} group @param {HTMLElement | null} copy @param {NonNullable<typeof acts>} how */
  open(group, copy, how) {
    acts = how;
    groupId = group.dataset.group ?? "";
    const all = copies();
    const chosen = copy && copy !== all[0] ? copy : all[1];
    if (!chosen) return;
    fitted = true;
    dialog.showModal();
    slide(50);
    show(chosen);
    choose(recall("compare") ?? "beside");
    pane("keeper").focus();
  },
  /** After the page behind was drawn anew: the same pair, or an end where it is none any more. */
  follow() {
    if (!dialog.open) return;
    const all = copies();
    if (all.length < 2) return dialog.close();
    const same = all.findIndex((one) => one.dataset.key === memberKey);
    show(same > 0 ? all[same] : all[1]);
  },
};

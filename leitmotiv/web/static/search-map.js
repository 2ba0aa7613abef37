// The plane of words and pictures: drag, wheel and keys move a window, and the server says what it shows.

import { say } from "./frame.js";
import { bind } from "./keys.js";

/** @typedef {{box: number[], total: number, pictures: {id: string, x: number, y: number, found: boolean}[], words: {word: string, x: number, y: number, pictures: number}[]}} Form */

const SVG = "http://www.w3.org/2000/svg";
const SETTLE_MS = 160;
const LEAST = 0.004;  // as the server has it
const CELL = 58;      // pixels for each picture
const plane = /** @type {SVGSVGElement | null} */ (document.querySelector("[data-plane]"));
if (plane) begin(plane);

/** @param {SVGSVGElement} plane */
function begin(plane) {
  const things = /** @type {SVGGElement} */ (plane.querySelector("[data-things]"));
  const { form: first, q } = /** @type {{form: Form, q: string}} */ (JSON.parse(plane.dataset.plane ?? "{}"));
  const total = document.querySelector("[data-total]");
  let box = first.box, drawn = first.box, timer = 0, asked = 0;

  const size = () => ({ width: plane.clientWidth || 1000, height: plane.clientHeight || 620 });
  /** @param {string} name @param {Record<string, string | number>} values */
  function made(name, values) {
    const one = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) one.setAttribute(key, String(value));
    return one;
  }
  /** @param {Form} form */
  function draw(form) {
    const { width, height } = size(), [left, top, w, h] = form.box;
    const side = Math.min(CELL, width / 8) * 0.94;
    const at = (/** @type {{x: number, y: number}} */ one) => [(one.x - left) / w * width, (one.y - top) / h * height];
    plane.setAttribute("viewBox", `0 0 ${width} ${height}`);
    things.removeAttribute("transform");
    const focused = document.activeElement instanceof SVGElement ? document.activeElement.dataset.word : undefined;
    things.replaceChildren(
      ...form.pictures.map((one) => {
        const [x, y] = at(one);
        const link = made("a", { href: `/images/${one.id}`, class: one.found ? "at found" : "at", tabindex: -1, "aria-label": `picture ${one.id.slice(0, 6)}` });
        link.append(made("image", { href: `/thumb/${one.id}/256.jpg`, x: x - side / 2, y: y - side / 2, width: side, height: side, preserveAspectRatio: "xMidYMid slice" }));
        return link;
      }),
      ...form.words.map((one) => {
        const [x, y] = at(one);
        const link = made("a", { href: `/search?${new URLSearchParams({ q, add: `+ ${said(one.word)}` })}`, class: "word", "data-word": one.word });
        const title = made("title", {}), text = made("text", { x, y });
        title.textContent = `${one.word}: nearest word of ${one.pictures} picture${one.pictures === 1 ? "" : "s"}`;
        text.textContent = one.word;
        link.append(title, text);
        return link;
      }),
    );
    if (focused) for (const one of things.querySelectorAll(".word")) if (one instanceof SVGElement && one.dataset.word === focused) one.focus();
    if (total) total.textContent = form.total.toLocaleString("en");
    drawn = form.box;
    inside();
  }
  /** Names that stand half outside are drawn in. */
  function inside() {
    const { width } = size();
    for (const one of /** @type {NodeListOf<SVGTextElement>} */ (things.querySelectorAll("text"))) {
      const half = one.getComputedTextLength() / 2 + 4;
      one.setAttribute("x", String(Math.min(width - half, Math.max(half, Number(one.getAttribute("x"))))));
    }
  }
  /** A word as a term, that is no colour; the server takes away what marks it needs not. @param {string} word */
  function said(word) { return `"${word}"`; }

  async function ask() {
    const number = ++asked, { width, height } = size();
    const values = new URLSearchParams({ box: box.map((side) => side.toFixed(5)).join(","), columns: String(Math.max(4, Math.min(64, Math.round(width / Math.min(CELL, width / 8))))), rows: String(Math.max(4, Math.min(64, Math.round(height / Math.min(CELL, width / 8))))) });
    if (q) values.set("q", q);
    const address = new URL(location.href);
    if (box[2] >= 1 && box[3] >= 1) address.searchParams.delete("box");
    else address.searchParams.set("box", box.map((side) => Number(side.toFixed(5))).join(","));
    history.replaceState(history.state, "", address);
    try {
      const answer = await fetch(`/api/v1/search/map?${values}`);
      if (number !== asked) return;
      const form = await answer.json();
      if (answer.ok) draw(form);
      else say(form.detail ?? `The server refused (${answer.status}).`);
    } catch { say("The server did not answer. Is it still running?"); }
  }
  /** Another window: what is drawn moves at once, the rest comes when it settles. @param {number[]} next */
  function go(next) {
    const w = Math.min(1, Math.max(LEAST, next[2])), h = Math.min(1, Math.max(LEAST, next[3]));
    box = [Math.min(1 - w, Math.max(0, next[0])), Math.min(1 - h, Math.max(0, next[1])), w, h];
    const { width, height } = size(), scale = drawn[2] / w;
    things.setAttribute("transform", `translate(${(drawn[0] - box[0]) / w * width} ${(drawn[1] - box[1]) / h * height}) scale(${scale})`);
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), SETTLE_MS);
  }
  /** @param {number} by below 1 goes nearer @param {number} x share of the window @param {number} y */
  function zoom(by, x = 0.5, y = 0.5) {
    const w = Math.min(1, box[2] * by), h = Math.min(1, box[3] * by);
    go([box[0] + x * (box[2] - w), box[1] + y * (box[3] - h), w, h]);
  }
  const pan = (/** @type {number} */ x, /** @type {number} */ y) => go([box[0] + x * box[2], box[1] + y * box[3], box[2], box[3]]);

  plane.addEventListener("wheel", (event) => {
    event.preventDefault();
    const here = plane.getBoundingClientRect();
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 240), (event.clientX - here.left) / here.width, (event.clientY - here.top) / here.height);
  }, { passive: false });
  const less = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-less]"));
  let dragged = false;
  plane.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    dragged = false;
    const from = [event.clientX, event.clientY], start = box, { width, height } = size();
    const move = (/** @type {PointerEvent} */ now) => {
      const x = now.clientX - from[0], y = now.clientY - from[1];
      if (!dragged && Math.hypot(x, y) < 5) return;
      dragged = true;
      plane.classList.add("held");
      go([start[0] - x / width * start[2], start[1] - y / height * start[3], start[2], start[3]]);
    };
    const end = () => {
      plane.classList.remove("held");
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      removeEventListener("pointermove", move);
    };
    addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  });
  plane.addEventListener("dragstart", (event) => event.preventDefault());
  plane.addEventListener("click", (event) => {
    const word = event.target instanceof Element ? event.target.closest(".word") : null;
    if (dragged) event.preventDefault();
    else if (word instanceof SVGElement && (event.shiftKey || less?.checked)) {
      event.preventDefault();
      location.assign(`/search?${new URLSearchParams({ q, add: `-${said(word.dataset.word ?? "")}` })}`);
    }
    dragged = false;
  }, { capture: true });

  /** @type {Record<string, () => void>} */
  const moves = { plus: () => zoom(0.5), minus: () => zoom(2), left: () => pan(-0.5, 0), right: () => pan(0.5, 0), up: () => pan(0, -0.5), down: () => pan(0, 0.5), whole: () => go([0, 0, 1, 1]) };
  for (const link of document.querySelectorAll("[data-move]")) {
    link.addEventListener("click", (event) => {
      if (!(event instanceof MouseEvent) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      moves[/** @type {HTMLElement} */ (link).dataset.move ?? "whole"]?.();
    });
  }
  bind([
    { keys: ["+", "="], label: "go nearer", group: "The plane", run: () => zoom(0.5) },
    { keys: ["-"], label: "go farther", group: "The plane", run: () => zoom(2) },
    { keys: ["0"], label: "see the whole plane", group: "The plane", run: () => go([0, 0, 1, 1]) },
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "move", group: "The plane", run: (event) => {
      if (document.activeElement !== plane) return false;
      pan({ ArrowLeft: -0.2, ArrowRight: 0.2 }[event.key] ?? 0, { ArrowUp: -0.2, ArrowDown: 0.2 }[event.key] ?? 0);
    } },
  ]);
  new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(() => void ask(), SETTLE_MS); }).observe(plane);
}

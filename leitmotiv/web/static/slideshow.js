// The slideshow: turns by itself unless it is paused, fetches the next picture before it is wanted, fills the screen.
// Who asked for less motion is shown no fade, and nothing turns before it is told to.

import { say } from "./frame.js";
import { bind } from "./keys.js";

const show = /** @type {HTMLElement | null} */ (document.querySelector("[data-show]"));
const LIMIT = 200;
const AWAKE_MS = 2500;

/** @typedef {{id: string, name: string}} Picture */

if (show) {
  const total = Number(show.dataset.total);
  const wait = Number(show.dataset.seconds) * 1000;
  let at = Number(show.dataset.at);
  let playing = false;
  let timer = 0;
  /** @type {Map<number, Picture>} */
  const known = new Map();
  /** @type {Map<number, Promise<void>>} */
  const coming = new Map();
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (show.querySelector(`[data-${name}]`));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** @param {number} place @returns {Promise<Picture | undefined>} */
  async function picture(place) {
    const offset = Math.floor(place / LIMIT) * LIMIT;
    if (!known.has(place)) {
      if (!coming.has(offset)) coming.set(offset, fetchFrom(offset));
      await coming.get(offset);
    }
    return known.get(place);
  }
  /** @param {number} offset */
  async function fetchFrom(offset) {
    const values = new URLSearchParams(location.search);
    for (const name of ["at", "seconds"]) values.delete(name);
    values.set("offset", String(offset));
    values.set("limit", String(LIMIT));
    const answer = await fetch(`/api/v1/slideshow?${values}`);
    if (!answer.ok) { coming.delete(offset); return; }
    const { images } = await answer.json();
    images.forEach((/** @type {Picture} */ one, /** @type {number} */ row) => known.set(offset + row, one));
  }
  /** @param {Picture} one */
  function loaded(one) {
    const image = new Image();
    image.src = `/images/${one.id}/file`;
    image.alt = one.name;
    return image.decode().then(() => image, () => image);
  }
  /** @param {number} place */
  async function turnTo(place) {
    clearTimeout(timer);
    at = (place + total) % total;
    const wanted = at;
    const one = await picture(wanted);
    if (!one) return;
    const image = await loaded(one);
    if (at !== wanted) return;
    const old = show?.querySelectorAll(".screen img") ?? [];
    if (!still) image.className = "going";
    show?.querySelector(".screen")?.append(image);
    requestAnimationFrame(() => image.classList.remove("going"));
    for (const gone of old) {
      if (still) gone.remove();
      else { gone.classList.add("going"); setTimeout(() => gone.remove(), 400); }
    }
    part("name").textContent = one.name;
    part("place").textContent = (at + 1).toLocaleString("en");
    const open = part("open");
    if (open instanceof HTMLAnchorElement) open.href = `/images/${one.id}`;
    const address = new URL(location.href);
    address.searchParams.set("at", String(at));
    history.replaceState(null, "", address);
    if (!playing) say(one.name);
    const next = await picture((at + 1) % total);
    if (next) void loaded(next);
    if (playing && at === wanted) timer = setTimeout(() => void turnTo(at + 1), wait);
  }
  /** @param {boolean} on */
  function play(on) {
    playing = on;
    clearTimeout(timer);
    part("play").setAttribute("aria-pressed", String(on));
    part("word").textContent = on ? "Pause" : "Play";
    for (const sign of show?.querySelectorAll("[data-sign]") ?? []) if (sign instanceof HTMLElement) sign.hidden = (sign.dataset.sign === "play") === on;
    if (on) timer = setTimeout(() => void turnTo(at + 1), wait);
    say(on ? "Plays" : "Paused");
  }
  function full() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void show?.requestFullscreen().catch(() => {});
  }
  let sleep = 0;
  function wake() {
    show?.classList.add("awake");
    clearTimeout(sleep);
    sleep = setTimeout(() => show?.classList.remove("awake"), AWAKE_MS);
  }
  show.addEventListener("pointermove", wake);
  part("play").addEventListener("click", () => play(!playing));
  part("full").addEventListener("click", full);
  show.querySelector(".screen")?.addEventListener("click", () => play(!playing));
  for (const link of show.querySelectorAll("[data-turn]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void turnTo(at + Number(/** @type {HTMLElement} */ (link).dataset.turn));
    });
  }
  const group = "Slideshow";
  bind([
    { keys: [" "], label: "Play, pause", group, run: () => (document.activeElement?.closest("button, a, select") ? false : play(!playing)) },
    { keys: ["ArrowLeft", "ArrowRight"], label: "Before, next", group, run: (event) => void turnTo(at + (event.key === "ArrowLeft" ? -1 : 1)) },
    { keys: ["Home", "End"], label: "First, last", group, run: (event) => void turnTo(event.key === "Home" ? 0 : total - 1) },
    { keys: ["F"], label: "Whole screen", group, run: full },
    { keys: ["Enter"], label: "Open this picture", group, run: () => (document.activeElement?.closest("button, a, select") ? false : part("open").click()) },
  ]);
  document.addEventListener("visibilitychange", () => { if (document.hidden && playing) play(false); });
  if (!still) play(true);
}

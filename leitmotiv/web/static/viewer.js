// One picture to look at, by itself or over a page of pictures: its views, what is said of it, where its colours lie.
// How one comes to another picture, and how one leaves, is for whoever made it (`host`).

import { change, changed } from "./changes.js";
import { overlay } from "./keys.js";
import { recall, remember } from "./memory.js";
import { picks } from "./picks.js";
import { pin } from "./pinning.js";
import { Zoom } from "./zoom.js";

/**
 * @typedef {object} Host
 * @property {boolean} over                       whether it lies over a page
 * @property {(href: string, step?: string) => void} turn   show another picture; step: where it is one "before" or "after"
 * @property {() => void} close
 */

const NAMES = ["picture", "ellipses", "sampled", "expected"];
const LABELS = ["red", "yellow", "green", "blue", "purple"];
const ALIKE_MS = 250;
const PAN = 90;

/** The address of one picture in the list of another's. @param {string} id @param {string} query */
export const addressOf = (id, query) => `/images/${id}${query}`;

/** Styles of parts that came later: a sheet of the page, as the policy lets none stand in them. */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
/** @type {Map<string, string>} */
const styles = new Map();
/** Take over the styles of a part that was fetched, under a name; those it had before go. @param {ParentNode} part @param {string} name */
export function adopt(part, name) {
  const found = [...part.querySelectorAll("template[data-style]")];
  styles.set(name, found.map((style) => /** @type {HTMLTemplateElement} */ (style).content.textContent).join(""));
  for (const style of found) style.remove();
  sheet.replaceSync([...styles.values()].join(""));
}

/** Fetch a part of a page. @param {string} href @param {string} part @returns {Promise<Document>} */
export async function fetchPart(href, part) {
  const address = new URL(href, location.href);
  address.searchParams.set("part", part);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** @type {Viewer | null} the one that has the keys */
let current = null;
changed(() => void current?.refresh());
picks.addEventListener("change", () => current?.showPick());

export class Viewer {
  /** @param {HTMLElement} root  what viewer.html drew @param {Host} host */
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.id = root.dataset.id ?? "";
    this.query = root.dataset.query ?? "";
    this.stage = /** @type {HTMLElement} */ (root.querySelector("[data-stage]"));
    this.frame = /** @type {HTMLElement} */ (this.stage.querySelector(".over"));
    this.whole = /** @type {HTMLImageElement} */ (this.stage.querySelector("img.whole"));
    this.view = "picture";
    this.frame.style.backgroundImage = `url("/thumb/${this.id}/512.jpg")`;
    this.zoom = new Zoom(this.stage, this.frame, Number(root.dataset.width), {
      changed: (zoom) => this.zoomed(zoom),
      swiped: (way) => { if (way === "down") { if (host.over) host.close(); } else this.turn(way === "left" ? "after" : "before"); },
      wheel: host.over,
    });
    root.addEventListener("click", (event) => this.click(event));
    for (const name of /** @type {const} */ (["pointerover", "focusin"])) root.addEventListener(name, (event) => this.light(event));
    for (const name of /** @type {const} */ (["pointerleave", "focusout"])) root.querySelector("[data-rail]")?.addEventListener(name, () => this.unlight());
    root.classList.toggle("plain", recall("info") === "off");
    this.showInfo();
    this.showPick();
    this.centre();
    this.ahead();
    if (host.over) this.alikeTimer = setTimeout(() => void this.alike(), ALIKE_MS);
    current = this;
    this.release = overlay(this.bindings());
  }

  /** It is no longer shown. */
  end() {
    clearTimeout(this.alikeTimer);
    this.release();
    if (current === this) current = null;
  }

  /** @template {Element} T @param {string} selector @returns {T | null} */
  part(selector) { return this.root.querySelector(selector); }

  // ---- the picture ----

  /** Show one of the four views. @param {string} name */
  show(name) {
    this.view = name;
    this.stage.dataset.view = name;
    for (const button of this.root.querySelectorAll("[data-view-of]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-view-of") === name));
    for (const link of document.querySelectorAll("[data-show]")) {
      if (link.getAttribute("data-show") === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if ((name === "sampled" || name === "expected") && !this.frame.querySelector(`img.${name}`)) {
      const image = document.createElement("img");
      image.className = name;
      image.alt = name === "sampled" ? "dots drawn from the mixture" : "the expected colour at each place";
      image.dataset.again = "";
      image.addEventListener("load", () => image.classList.add("ready"));
      image.src = `/images/${this.id}/${name}.webp?size=1024`;
      this.frame.querySelector("[data-more-views]")?.append(image);
    }
  }

  /** @param {Zoom} zoom */
  zoomed(zoom) {
    const told = this.part("[data-zoom]");
    if (told) told.textContent = Math.abs(zoom.scale - 1) < 0.01 ? "fit" : `${Math.round(100 * zoom.share)} %`;
    const { full } = this.root.dataset;
    if (full && zoom.zoomed && !this.sharp) {
      this.sharp = new Image();
      this.sharp.src = full;
      this.sharp.decode().then(() => { this.whole.src = full; }).catch(() => {});
    }
  }

  /** The film strip shows where one is. */
  centre() {
    const strip = this.part(".film");
    const here = strip?.querySelector("[aria-current]");
    if (strip instanceof HTMLElement && here instanceof HTMLElement) strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  }

  /** Load the pictures before and after. */
  ahead() {
    this.whole.decode().catch(() => {}).then(() => {
      for (const name of ["after", "before"]) {
        const link = this.part(`[data-turn="${name}"]`);
        if (link instanceof HTMLAnchorElement) new Image().src = `${link.pathname}/file`;
      }
    });
  }

  // ---- ways out ----

  /** @param {"before" | "after"} name */
  turn(name) {
    const link = this.part(`[data-turn="${name}"]`);
    if (link instanceof HTMLAnchorElement) this.host.turn(link.href, name);
  }
  /** @param {"first" | "last"} name */
  toEnd(name) {
    const id = this.root.dataset[name];
    if (id && id !== this.id) this.host.turn(addressOf(id, this.query));
  }
  /** @param {string} name */
  go(name) {
    const link = this.part(`[data-go="${name}"]`);
    if (!(link instanceof HTMLAnchorElement)) return false;
    location.assign(link.href);
  }
  fullScreen() {
    if (document.fullscreenElement) void document.exitFullscreen();
    // a dialog cannot fill the screen by itself, but the page that it covers can
    else void (this.host.over ? document.documentElement : this.part(".sunk"))?.requestFullscreen().catch(() => {});
  }

  // ---- what is said of it ----

  info() {
    remember("info", this.root.classList.toggle("plain") ? "off" : "on");
    this.showInfo();
    this.zoom.fit();
    this.centre();
  }
  showInfo() {
    this.part('[data-do="info"]')?.setAttribute("aria-pressed", String(!this.root.classList.contains("plain")));
  }
  showPick() {
    this.part('[data-do="pick"]')?.setAttribute("aria-pressed", String(picks.has(this.id)));
  }

  /** @param {Record<string, unknown>} values @param {string} words */
  async rate(values, words) {
    const done = await change("/api/v1/ratings", "PATCH", { ids: [this.id], ...values }, words).catch(() => null);
    if (done) this.showOwn(done.ratings[this.id]);
  }
  /** @param {number} stars */
  stars(stars) { void this.rate({ stars }, stars ? `${stars} star${stars === 1 ? "" : "s"}` : "No stars"); }
  /** @param {string} label */
  label(label) {
    const now = this.part("[data-own]")?.getAttribute("data-label") === label ? "" : label;
    void this.rate({ label: now }, now ? `Label ${now}` : "No label");
  }
  /** @param {"favourite" | "rejected"} name @param {string} words */
  flag(name, words) {
    const on = this.part(`[data-do="${name}"]`)?.getAttribute("aria-pressed") !== "true";
    void this.rate({ [name]: on }, on ? words : `Not ${words.toLowerCase()}`);
  }
  /** @param {{stars: number, favourite: boolean, rejected: boolean, label: string}} rating */
  showOwn({ stars, favourite, rejected, label }) {
    const own = this.part("[data-own]");
    if (!(own instanceof HTMLElement)) return;
    own.dataset.stars = String(stars);
    own.dataset.label = label;
    own.querySelector(".stars")?.setAttribute("aria-label", `${stars} of 5 stars`);
    for (const button of own.querySelectorAll("[data-star]")) {
      const star = Number(button.getAttribute("data-star"));
      button.classList.toggle("full", star <= stars);
      button.setAttribute("aria-pressed", String(star === stars));
    }
    for (const button of own.querySelectorAll("[data-label-of]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-label-of") === label));
    for (const [name, on] of Object.entries({ favourite, rejected })) own.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(on));
  }
  /** Something was changed, undone or done again: what is said of the picture may be old. */
  async refresh() {
    const { id } = this;
    const answer = await fetch(`/api/v1/images/${id}/rating`).catch(() => null);
    if (answer?.ok && current?.id === id) this.showOwn(await answer.json());
  }

  /** Those that are alike, beside the picture. */
  async alike() {
    const { id } = this;
    const section = this.part("[data-alike]");
    const place = this.part("[data-alike-place]");
    if (!(section instanceof HTMLElement) || !place) return;
    const found = await fetchPart(addressOf(id, ""), "similar").catch(() => null);
    if (!found || current?.id !== id) return;
    adopt(found, "alike");
    place.replaceChildren(...found.body.childNodes);
    section.hidden = false;
  }

  // ---- where a colour or a component lies ----

  /** @param {Event} event */
  light(event) {
    const row = event.target instanceof Element ? event.target.closest("[data-lights]") : null;
    this.unlight();
    if (!row) return;
    const kind = row.getAttribute("data-lights");
    row.classList.add("lit");
    this.stage.dataset.lit = "";
    for (const one of this.stage.querySelectorAll(`.regions [data-${kind}="${row.getAttribute("data-at")}"]`)) one.classList.add("lit");
  }
  unlight() {
    delete this.stage.dataset.lit;
    for (const one of this.root.querySelectorAll(".lit")) one.classList.remove("lit");
  }

  // ---- what is clicked and pressed ----

  /** @param {MouseEvent} event */
  click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const found = target?.closest("a, button");
    if (!(found instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { turn, star, labelOf, viewOf } = found.dataset;
    if (found instanceof HTMLAnchorElement && turn !== undefined) {
      event.preventDefault();
      this.host.turn(found.href);
    } else if (star) {
      const now = this.part("[data-own]")?.getAttribute("data-stars");
      this.stars(now === star ? 0 : Number(star));
    } else if (labelOf) this.label(labelOf);
    else if (viewOf) this.show(viewOf);
    else this.does[found.dataset.do ?? ""]?.();
  }

  /** @type {Record<string, () => void>} */
  does = {
    in: () => this.zoom.step(1),
    out: () => this.zoom.step(-1),
    hundred: () => this.zoom.hundred(),
    full: () => this.fullScreen(),
    info: () => this.info(),
    close: () => this.host.close(),
    favourite: () => this.flag("favourite", "Favourite"),
    rejected: () => this.flag("rejected", "Rejected"),
    pick: () => picks.toggle(this.id),
    more: () => void pin("positive", [this.id]),
    less: () => void pin("negative", [this.id]),
  };

  /** @param {KeyboardEvent} event */
  arrow(event) {
    const way = event.key.slice(5).toLowerCase();
    if (this.zoom.zoomed) this.zoom.pan(way === "left" ? PAN : way === "right" ? -PAN : 0, way === "up" ? PAN : way === "down" ? -PAN : 0);
    else if (way === "left" || way === "right") this.turn(way === "left" ? "before" : "after");
    else return false;
  }

  /** @returns {import("./keys.js").Binding[]} */
  bindings() {
    const one = "This picture";
    const closer = "Look closer";
    return [
      { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], label: "Before, after; when zoomed, about the picture", group: one, run: (event) => this.arrow(event) },
      { keys: ["h", "l"], label: "The picture before, after", group: one, run: (event) => this.turn(event.key === "h" ? "before" : "after") },
      { keys: ["Home", "End"], label: "First, last of the list", group: one, run: (event) => this.toEnd(event.key === "Home" ? "first" : "last") },
      { keys: ["Escape"], label: "Back", group: one, run: () => this.host.close() },
      ...(this.host.over ? [{ keys: [" "], label: "Back", group: one, run: (/** @type {KeyboardEvent} */ event) => (onControl(event) ? false : this.host.close()) }] : []),
      { keys: ["i"], label: "What is known of it", group: one, run: () => this.info() },
      { keys: ["s"], label: "All, from most to least alike", group: one, run: () => this.go("ranked") },
      { keys: ["b"], label: "Its trend", group: one, run: () => this.go("trend") },
      { keys: ["m"], label: "Show on the map", group: one, run: () => this.go("map") },
      { keys: ["p"], label: "Slideshow from here", group: one, run: () => this.go("slideshow") },
      { keys: ["z"], label: "100 %, and back", group: closer, run: () => this.zoom.hundred() },
      { keys: [".", ","], label: "Larger, smaller", group: closer, run: (event) => this.zoom.step(event.key === "," ? -1 : 1) },
      { keys: ["Shift+0"], label: "All of it", group: closer, run: () => this.zoom.fit() },
      { keys: ["Shift+1", "Shift+2", "Shift+3", "Shift+4"], label: "Picture, ellipses, sampled, expected colour", group: closer, run: (event) => this.show(NAMES[Number(event.code.slice(5)) - 1]) },
      { keys: ["v"], label: "The next of these views", group: closer, run: () => this.show(NAMES[(NAMES.indexOf(this.view) + 1) % NAMES.length]) },
      { keys: ["F11", "Shift+F"], label: "Full screen", group: closer, run: () => this.fullScreen() },
      { keys: ["1", "2", "3", "4", "5", "0"], label: "Stars; 0 for none", group: "Rating", run: (event) => this.stars(Number(event.key)) },
      { keys: ["f"], label: "Favourite", group: "Rating", run: () => this.flag("favourite", "Favourite") },
      { keys: ["X"], label: "Reject", group: "Rating", run: () => this.flag("rejected", "Rejected") },
      { keys: ["6", "7", "8", "9"], label: "Label red, yellow, green, blue", group: "Rating", run: (event) => this.label(LABELS[Number(event.key) - 6]) },
      { keys: ["x"], label: "Pick, let go", group: "Rating", run: () => picks.toggle(this.id) },
      { keys: ["+", "-"], label: "More, less of this: on the current board", group: "Boards", run: (event) => void pin(event.key === "+" ? "positive" : "negative", [this.id]) },
    ];
  }
}

/** Whether a key belongs to a button or a link that has the focus. @param {KeyboardEvent} event */
function onControl(event) {
  return event.target instanceof Element && Boolean(event.target.closest("button, a, summary"));
}

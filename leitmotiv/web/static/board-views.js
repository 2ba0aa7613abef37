// The four views of results: the picture, its best crop, its heat map, the box of the crop. What a view needs is asked for
// when a tile comes into view, one after the other, and kept as long as the page; while Alt is held the whole picture shows.

import { bind } from "./keys.js";

export const VIEWS = ["preview", "crop", "heatmap", "focus"];
/** The server looks at one picture at a time: a second that waits there would only be in the way of what is asked next. */
const AT_ONCE = 1;

/** @typedef {{x: number, y: number, width: number, height: number, score: number}} Crop */

/** Crops by their address: the same tile is drawn again and again. @type {Map<string, Promise<Crop | null | undefined>>} */
const known = new Map();
/** A crop that is waited for; `drop` where nobody looks any more. @typedef {{figure: HTMLElement, run: () => Promise<void>, drop: () => void}} Wish */
/** @type {Wish[]} */
let queue = [];
let running = 0;
/** @type {HTMLElement | null} */
let results = null;
let held = false;

const view = () => (held ? "preview" : results?.dataset.wanted ?? "preview");
/** What the addresses of a tile's crops and heat map are made from. */
const board = () => /** @type {HTMLElement} */ (document.querySelector("[data-board]")).dataset;
const suffix = (/** @type {string} */ extra) => {
  const values = new URLSearchParams(extra);
  if (board().snapshot) values.set("snapshot", board().snapshot ?? "");
  return values.size ? `?${values}` : "";
};

function work() {
  while (running < AT_ONCE && queue.length) {
    const wish = /** @type {Wish} */ (queue.shift());
    const { top, bottom } = wish.figure.getBoundingClientRect();
    if (!wish.figure.isConnected || bottom < -innerHeight || top > 2 * innerHeight) {
      wish.drop();
      near.observe(wish.figure);
      continue;
    }
    running += 1;
    void wish.run().finally(() => { running -= 1; work(); });
  }
  const [told, tiled] = [document.querySelector("[data-crops]"), document.querySelector("[data-tiling]")];
  const left = queue.length + running;
  if (told) told.textContent = left ? `Looking for the best crops of what is in view: ${left} to go.` : "The best crop of each; a click opens it with others.";
  if (tiled) tiled.textContent = left && results?.dataset.heat === "tiles" ? `${left} to go, one after the other` : "";
}

/** @param {HTMLElement} figure @param {string} id @returns {Promise<Crop | null | undefined>} undefined where it was given up */
function cropOf(figure, id) {
  const address = `/api/v1/boards/${board().board}/crops/${id}${suffix("n=1")}`;
  const found = known.get(address);
  if (found) return found;
  /** @type {Promise<Crop | null | undefined>} */
  const asked = new Promise((resolve) => {
    const drop = () => { known.delete(address); resolve(undefined); };
    const run = async () => {
      const answer = await fetch(address).catch(() => null);
      const form = answer?.ok ? await answer.json().catch(() => null) : null;
      if (!form) known.delete(address);
      resolve(form?.crops?.[0] ?? null);
    };
    queue.push({ figure, run, drop });
  });
  known.set(address, asked);
  work();
  return asked;
}

/** Place the crop: its box, and the picture so that the box fills the square tile as far as it can. @param {HTMLElement} figure @param {Crop} crop @param {number} ratio */
function place(figure, crop, ratio) {
  const { x, y, width: w, height: h } = crop;
  const scale = Math.min(1 / (w * ratio), 1 / h);
  const values = {
    "--x": x, "--y": y, "--w": w, "--h": h,
    "--left": `${100 * (0.5 - (x + w / 2) * ratio * scale)}%`, "--top": `${100 * (0.5 - (y + h / 2) * scale)}%`,
    "--wide": `${100 * ratio * scale}%`, "--high": `${100 * scale}%`,
  };
  for (const [name, value] of Object.entries(values)) figure.style.setProperty(name, String(value));
}

/** What the view needs of one result. @param {HTMLElement} figure */
async function prepare(figure) {
  const tile = figure.querySelector(".tile");
  if (!(tile instanceof HTMLElement)) return;
  const wanted = results?.dataset.wanted;
  if (wanted === "heatmap") {
    const image = /** @type {HTMLImageElement | null} */ (tile.querySelector("img.heat"));
    const address = `/api/v1/boards/${board().board}/heat/${tile.dataset.id}.png${suffix(`kind=${results?.dataset.heat ?? "share"}`)}`;
    if (!image || image.getAttribute("src") === address) return;
    const show = () => new Promise((resolve) => {
      image.addEventListener("load", resolve, { once: true });
      image.addEventListener("error", () => { figure.classList.add("failed"); resolve(null); }, { once: true });
      image.src = address;
    });
    if (results?.dataset.heat !== "tiles") return void show();
    // 86 looks at a picture take seconds: they are asked for one picture after the other
    if (queue.some((one) => one.figure === figure)) return;
    image.removeAttribute("src");
    figure.classList.add("waits");
    const done = () => figure.classList.remove("waits");
    queue.push({ figure, drop: done, run: async () => {
      if (results?.dataset.wanted === "heatmap" && results.dataset.heat === "tiles") await show();
      done();
    } });
    work();
  } else if (wanted === "crop" || wanted === "focus") {
    if (figure.classList.contains("boxed")) return;
    const crop = await cropOf(figure, tile.dataset.id ?? "");
    if (crop === undefined) return;
    figure.classList.toggle("failed", !crop);
    if (!crop) return;
    const full = /** @type {HTMLImageElement | null} */ (tile.querySelector(":scope > img"));
    if (full) full.sizes = "700px"; // a crop is shown larger than the whole was
    place(figure, crop, Number(tile.dataset.ratio) || 1);
    figure.classList.add("boxed");
  }
}

const near = new IntersectionObserver((seen) => {
  for (const one of seen) {
    if (!one.isIntersecting || !(one.target instanceof HTMLElement)) continue;
    near.unobserve(one.target);
    void prepare(one.target);
  }
}, { rootMargin: "200px" });

/** Watch the results that are here now. @param {HTMLElement} element  with the wanted view in `data-view` */
export function look(element) {
  if (element !== results) element.dataset.wanted = results?.dataset.wanted ?? element.dataset.view;
  results = element;
  // of another training nobody waits for the crops of this one
  for (const wish of queue.filter((one) => !one.figure.isConnected)) wish.drop();
  queue = queue.filter((one) => one.figure.isConnected);
  draw();
}
function draw() {
  if (!results) return;
  results.dataset.view = view();
  near.disconnect();
  if (results.dataset.wanted !== "preview") for (const figure of results.children) near.observe(figure);
}

/**
 * Buttons and keys of the views.
 * @param {HTMLElement} root @param {(values: Record<string, string>) => void} settle  writes the address
 */
export function views(root, settle) {
  const show = (/** @type {string} */ name) => {
    if (!results) return false;
    results.dataset.wanted = name;
    settle({ view: name === "preview" ? "" : name });
    for (const button of root.querySelectorAll("[data-view-to]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-view-to") === name));
    for (const one of root.querySelectorAll("[data-only-view]")) if (one instanceof HTMLElement) one.hidden = !one.dataset.onlyView?.split(" ").includes(name);
    draw();
  };
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-view-to], [data-heat]") : null;
    if (!(button instanceof HTMLElement) || button.tagName !== "BUTTON") return;
    if (button.dataset.viewTo) show(button.dataset.viewTo);
    else if (results && button.dataset.heat) {
      results.dataset.heat = button.dataset.heat;
      settle({ heat: button.dataset.heat === "share" ? "" : button.dataset.heat });
      for (const one of root.querySelectorAll("button[data-heat]")) one.setAttribute("aria-pressed", String(one === button));
      draw();
    }
  });
  const group = "This board";
  bind([
    { keys: ["Shift+1", "Shift+2", "Shift+3", "Shift+4"], label: "Preview, AI crop, heatmap, focus", group, run: (event) => show(VIEWS[Number(event.code.slice(5)) - 1]) },
    { keys: ["v"], label: "The next of these views", group, run: () => show(VIEWS[(VIEWS.indexOf(results?.dataset.wanted ?? "preview") + 1) % VIEWS.length]) },
    { keys: ["Alt"], label: "Held: the whole picture", group },
  ]);
  const hold = (/** @type {boolean} */ now) => {
    if (held === now || !results) return;
    held = now;
    results.dataset.view = view();
  };
  // Alt by itself opens the menu of some browsers
  addEventListener("keydown", (event) => { if (event.key === "Alt" && results && results.dataset.wanted !== "preview") { hold(true); event.preventDefault(); } });
  addEventListener("keyup", (event) => { if (event.key === "Alt") { if (held) event.preventDefault(); hold(false); } });
  addEventListener("blur", () => hold(false));
}

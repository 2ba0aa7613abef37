// The camera against a concept: a frame at a time goes to this server, which says how well it fits and where best.

import { Camera } from "./camera.js";
import { toast } from "./changes.js";
import { bind } from "./keys.js";
import { escape } from "./tiles.js";

const SIDE = 448;
/** The course shows so many answers. */
const COURSE = 120;
const PAUSE_MS = 40;
/** A crop is looked for so often, at most. */
const CROP_MS = 1000;

/** @typedef {{score: number, percentile: number | null, probability: number | null, crop: {x: number, y: number, width: number, height: number} | null}} Told */

const place = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const address = place.dataset.live ?? "";
const video = /** @type {HTMLVideoElement} */ (place.querySelector("video"));
const box = /** @type {HTMLElement} */ (place.querySelector(".box"));
const shown = /** @type {HTMLCanvasElement} */ (place.querySelector("[data-crop]"));
const start = /** @type {HTMLButtonElement} */ (document.querySelector("[data-do-start]"));
const flip = /** @type {HTMLButtonElement} */ (document.querySelector("[data-do-flip]"));
const device = /** @type {HTMLSelectElement} */ (document.querySelector("#device"));
const keeps = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll("[data-do-keep]")]);
const fault = /** @type {HTMLElement} */ (place.querySelector("[data-fault]"));
/** @param {string} name */
const text = (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-${name}]`));
const camera = new Camera(video, device, { facingMode: "environment", width: { ideal: 1280 } });
const frame = camera.frame;
/** @type {number[]} */
const course = [];

/** @param {string} words */
function refuse(words) {
  fault.textContent = words;
  fault.hidden = !words;
}

async function begin() {
  refuse("");
  const why = await camera.open();
  if (why) return refuse(why);
  text("idle").hidden = true;
  for (const one of keeps) one.disabled = false;
  say("Stop");
  if (camera.stream) void loop(camera.stream);
}
function end() {
  camera.close();
  box.hidden = true;
  text("idle").hidden = false;
  for (const one of keeps) one.disabled = true;
  say("Start");
}
/** @param {string} words */
function say(words) { /** @type {HTMLElement} */ (start.querySelector("span")).textContent = words; }

/** One frame after the other, for as long as this stream lasts. @param {MediaStream} of */
async function loop(of) {
  let since = -CROP_MS;
  while (camera.stream === of) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (document.hidden || !video.videoWidth) { await new Promise((resolve) => setTimeout(resolve, 250)); continue; }
    const blob = await camera.snap(SIDE, "long");
    if (!blob) continue;
    // a crop takes several looks at a frame, the score one
    const cropped = performance.now() - since > CROP_MS;
    if (cropped) since = performance.now();
    const answer = await fetch(cropped ? address : `${address}${address.includes("?") ? "&" : "?"}crop=0`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: blob }).catch(() => null);
    if (camera.stream !== of) return;
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok) {
      refuse(told?.detail ?? "The server did not answer. Is it still running?");
      await new Promise((resolve) => setTimeout(resolve, 2000));
      continue;
    }
    refuse("");
    draw(told);
  }
}

/** @param {Told} told */
function draw(told) {
  const { score, percentile, probability } = told;
  const below = percentile === null ? "" : `fits better than ${percentile.toFixed(percentile < 99.5 ? 0 : 1)} % of the library`;
  text("score").textContent = probability === null ? score.toFixed(2) : `${Math.round(100 * probability)} %`;
  text("told").textContent = [probability === null ? "the score; 1 is the board" : "likely, roughly calibrated", below].filter(Boolean).join("; ");
  course.push(100 * Math.min(1, Math.max(0, probability ?? score)));
  if (course.length > COURSE) course.shift();
  text("course").setAttribute("d", course.map((value, at) => `${at ? "L" : "M"}${(100 * at / (COURSE - 1)).toFixed(1)} ${(62 - 0.6 * value).toFixed(1)}`).join(""));
  if (!told.crop) return;
  box.hidden = false;
  const { x, y, width, height } = told.crop;
  const mirrored = flip.ariaPressed === "true";
  const [seen, around] = [video.getBoundingClientRect(), video.parentElement?.getBoundingClientRect() ?? new DOMRect()];
  const scale = Math.min(seen.width / video.videoWidth, seen.height / video.videoHeight);
  const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
  const left = seen.left - around.left + (seen.width - w) / 2 + (mirrored ? 1 - x - width : x) * w;
  const top = seen.top - around.top + (seen.height - h) / 2 + y * h;
  for (const [name, value] of Object.entries({ left, top, width: width * w, height: height * h })) box.style.setProperty(name, `${value}px`);
  const ratio = (width * frame.width) / (height * frame.height);
  shown.width = Math.round(320 * Math.min(1, ratio));
  shown.height = Math.round(shown.width / ratio);
  shown.getContext("2d")?.drawImage(frame, x * frame.width, y * frame.height, width * frame.width, height * frame.height, 0, 0, shown.width, shown.height);
}

/** Put this frame on the board. @param {string} side */
async function keep(side) {
  const blob = await camera.snap(1280, "long");
  if (!blob) return;
  const form = new FormData();
  form.append("side", side);
  form.append("picture", blob, `camera ${new Date().toISOString().slice(0, 19).replace("T", " ")}.jpg`);
  const answer = await fetch(address.replace(/\/live.*/, "/pictures"), { method: "POST", body: form }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  toast(answer?.ok ? `This frame is on the board: ${side === "positive" ? "it is" : "it is not"}. Train it to have it count.` : told?.detail ?? "The server did not answer.");
}

function mirror() {
  flip.setAttribute("aria-pressed", String(flip.ariaPressed !== "true"));
  for (const one of [video, shown]) one.classList.toggle("mirrored", flip.ariaPressed === "true");
}
start.addEventListener("click", () => { if (camera.stream) end(); else void begin(); });
flip.addEventListener("click", mirror);
device.addEventListener("change", () => { end(); void begin(); });
for (const one of keeps) one.addEventListener("click", () => void keep(one.dataset.doKeep ?? "positive"));
addEventListener("pagehide", end);
for (const one of [video, shown]) one.classList.add("mirrored");
const group = "Camera";
bind([
  { keys: ["m"], label: "Mirror", group, run: mirror },
  { keys: ["+", "-"], label: "This frame is it, is not it", group, run: (event) => { if (!camera.stream) return false; void keep(event.key === "+" ? "positive" : "negative"); } },
]);
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

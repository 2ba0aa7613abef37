// A camera through one or two pairs of eyes: a frame at a time goes to this server, which keeps none.

import { Camera } from "./camera.js";
import { bind } from "./keys.js";
import { escape } from "./tiles.js";

const SIDE = 384;
const PAUSE_MS = 15;
/** Of the frame rate that is told. */
const CALM = 0.9;

const place = /** @type {HTMLElement | null} */ (document.querySelector(".eyes-live"));
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

/** @param {HTMLElement} page */
function live(page) {
  const video = /** @type {HTMLVideoElement} */ (page.querySelector("video"));
  const start = /** @type {HTMLButtonElement} */ (document.querySelector("[data-do-start]"));
  const device = /** @type {HTMLSelectElement} */ (document.querySelector("#device"));
  const fault = /** @type {HTMLElement} */ (page.querySelector("[data-fault]"));
  const preset = /** @type {HTMLSelectElement} */ (page.querySelector("[data-preset]"));
  const through = /** @type {HTMLSelectElement[]} */ ([page.querySelector("[data-eyes]"), page.querySelector("[data-beside]")]);
  const controls = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[data-control]")]);
  /** @type {Record<string, Record<string, number | boolean>>} */
  const presets = JSON.parse(page.dataset.presets ?? "{}");
  const freeze = /** @type {HTMLInputElement} */ (document.querySelector("[data-freeze]"));
  const camera = new Camera(video, device, { width: { ideal: 640 } });
  /** What is looked at again and again while the picture is frozen. @type {Blob | null} */
  let frozen = null;
  /** Frames that follow each other have a name in common. */
  let film = "";
  /** @param {string} name */
  const pane = (name) => /** @type {HTMLElement} */ (page.querySelector(`[data-pane="${name}"]`));

  /** @param {string} words */
  function refuse(words) {
    fault.textContent = words;
    fault.hidden = !words;
  }

  async function begin() {
    refuse("");
    const why = await camera.open();
    if (why) return refuse(why);
    film = Math.random().toString(36).slice(2);
    say("Stop");
    for (const at of camera.stream ? [0, 1] : []) void loop(/** @type {MediaStream} */ (camera.stream), at);
  }
  function end() {
    camera.close();
    say("Start");
  }
  /** @param {string} words */
  function say(words) { /** @type {HTMLElement} */ (start.querySelector("span")).textContent = words; }

  /** The frame of this moment, or the one that is frozen. */
  async function snap() {
    if (!freeze.checked) frozen = null;
    else if (frozen) return frozen;
    const blob = await camera.snap(SIDE, "short");
    if (freeze.checked) frozen = blob;
    return blob;
  }
  /** Keep the picture as it is, or let it go on. */
  function hold() { if (freeze.checked) video.pause(); else if (camera.stream) void video.play(); }

  /** What the controls say, as an address has it: those that differ from the preset. */
  function asked() {
    const values = new URLSearchParams({ film, preset: preset.value });
    const usual = presets[preset.value] ?? {};
    for (const one of controls) {
      const name = one.dataset.control ?? "";
      const value = one.type === "checkbox" ? one.checked : Number(one.value);
      if (value !== usual[name]) values.set(name, typeof value === "boolean" ? String(Number(value)) : String(value));
    }
    return values;
  }

  /** One frame after the other through one pair, for as long as this stream lasts. @param {MediaStream} of @param {number} at */
  async function loop(of, at) {
    let rate = 0;
    let before = performance.now();
    while (camera.stream === of) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const id = through[at]?.value;
      pane(at ? "second" : "first").hidden = !id;
      if (!id || document.hidden || !video.videoWidth) { await new Promise((resolve) => setTimeout(resolve, 250)); continue; }
      const blob = await snap();
      if (!blob) continue;
      const answer = await fetch(`/api/v1/eyes/${id}/live?${asked()}`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: blob }).catch(() => null);
      if (camera.stream !== of) return;
      if (!answer?.ok) {
        refuse((await answer?.json().catch(() => null))?.detail ?? "The server did not answer. Is it still running?");
        await new Promise((resolve) => setTimeout(resolve, 2000));
        continue;
      }
      refuse("");
      const row = await createImageBitmap(await answer.blob());
      if (!at) draw(pane("shown"), row, 0);
      const mine = pane(at ? "second" : "first");
      draw(mine, row, 1);
      const now = performance.now();
      rate = rate ? CALM * rate + (1 - CALM) * 1000 / (now - before) : 1000 / (now - before);
      before = now;
      mine.dataset.frames = String(Number(mine.dataset.frames ?? 0) + 1);
      /** @type {HTMLElement} */ (mine.querySelector("[data-told]")).textContent = `${through[at]?.selectedOptions[0]?.text}, ${rate.toFixed(rate < 10 ? 1 : 0)} frames a second`;
    }
  }

  /** @param {HTMLElement} where @param {ImageBitmap} row @param {number} at */
  function draw(where, row, at) {
    const canvas = /** @type {HTMLCanvasElement} */ (where.querySelector("canvas"));
    const side = row.height;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    canvas.getContext("2d")?.drawImage(row, at * side, 0, side, side, 0, 0, side, side);
  }

  function told() {
    for (const one of controls) {
      const output = one.parentElement?.querySelector("output");
      if (output) output.textContent = one.value;
      if (one.type === "range") one.style.setProperty("--at", `${100 * (Number(one.value) - Number(one.min)) / (Number(one.max) - Number(one.min))}%`);
    }
    video.classList.toggle("mirrored", controls.some((one) => one.dataset.control === "flip_h" && one.checked));
  }
  /** @param {string} name */
  function take(name) {
    for (const one of controls) {
      const value = presets[name]?.[one.dataset.control ?? ""];
      if (typeof value === "boolean") one.checked = value;
      else if (value !== undefined) one.value = String(value);
    }
    told();
  }

  start.addEventListener("click", () => { if (camera.stream) end(); else void begin(); });
  device.addEventListener("change", () => { end(); void begin(); });
  preset.addEventListener("change", () => take(preset.value));
  for (const one of controls) one.addEventListener("input", () => {
    for (const twin of controls) if (twin !== one && twin.dataset.control === one.dataset.control) twin.value = one.value;
    told();
  });
  for (const one of through) one.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set("eyes", through[0]?.value ?? "");
    if (through[1]?.value) address.searchParams.set("and", through[1].value); else address.searchParams.delete("and");
    history.replaceState(null, "", address);
    pane("second").hidden = !through[1]?.value;
  });
  freeze.addEventListener("change", hold);
  addEventListener("pagehide", end);
  bind([{ keys: ["f"], label: "Freeze", group: "Camera", run: () => { freeze.checked = !freeze.checked; hold(); } }, { keys: ["m"], label: "Mirror", group: "Camera", run: () => { for (const one of controls) if (one.dataset.control === "flip_h") one.checked = !one.checked; told(); } }]);
  told();
}
if (place) live(place);

// The frame of every page: theme, the key sheet, the meter of the job that runs, pictures that are still being made.

import { bind, openSheet } from "./keys.js";
import { remember } from "./memory.js";
import "./menus.js";
import { follow } from "./status.js";

const THEMES = ["dark", "light", "grey"];

/** Go on to the next theme, from the one that is seen. */
function turnTheme() {
  const root = document.documentElement;
  const seen = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
  root.dataset.theme = THEMES[(THEMES.indexOf(seen) + 1) % THEMES.length];
  remember("theme", root.dataset.theme);
  say(`${root.dataset.theme} theme`);
}

/** Tell those who listen instead of look. @param {string} text */
export function say(text) {
  const place = document.querySelector("[data-say]");
  if (place) place.textContent = text;
}

document.querySelector('[data-do="theme"]')?.addEventListener("click", turnTheme);
document.querySelector('[data-do="keys"]')?.addEventListener("click", openSheet);
const sheet = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.keys"));
sheet?.querySelector('[data-do="close"]')?.addEventListener("click", () => sheet.close());
sheet?.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });

bind([
  { keys: ["t"], label: "Dark, light, grey", group: "Everywhere", run: turnTheme },
  {
    keys: ["/"], label: "Search", group: "Everywhere",
    run: () => {
      const field = /** @type {HTMLInputElement | null} */ (document.querySelector('.formula input[name="q"], .query input'));
      if (field?.offsetParent) { field.focus(); field.select(); } else location.assign("/search");
    },
  },
  { keys: ["?"], label: "These keys", group: "Everywhere", run: openSheet },
]);

// ---- the meter in the bar, and the title ----
const meter = /** @type {HTMLElement | null} */ (document.querySelector("[data-working]"));
const title = document.title;
follow((status) => {
  if (!meter) return;
  const job = status.jobs.find((one) => one.state === "running");
  meter.hidden = !job;
  document.title = title;
  if (!job) return;
  const percent = job.total ? Math.min(100, Math.floor((100 * job.done) / job.total)) : 0;
  const bar = meter.querySelector("progress");
  if (bar) bar.value = percent;
  const text = meter.querySelector("[data-percent]");
  if (text) text.textContent = `${percent} %`;
  meter.title = job.phase;
  document.title = `${percent} % · ${title}`;
  for (const place of document.querySelectorAll("[data-going]")) place.textContent = job.text;
});

// ---- pictures that the server could not draw yet (503 while it compiles): asked for again ----
const RETRY_MS = 4000;
/** @param {Event | HTMLImageElement} found */
function askAgain(found) {
  const image = found instanceof HTMLImageElement ? found : found.target;
  if (!(image instanceof HTMLImageElement) || image.dataset.again === undefined) return;
  const tries = Number(image.dataset.again || 0) + 1;
  if (tries > 40) return;
  image.dataset.again = String(tries);
  setTimeout(() => {
    const address = new URL(image.src);
    address.searchParams.set("try", String(tries));
    image.src = address.href;
  }, RETRY_MS);
}
document.addEventListener("error", askAgain, true);
for (const image of document.querySelectorAll("img[data-again]")) {
  if (image instanceof HTMLImageElement && image.complete && image.getAttribute("src") && !image.naturalWidth && image.loading !== "lazy") askAgain(image);
}

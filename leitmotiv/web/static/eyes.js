// Eyes: a picture through them, dropped or from the library; swiping; how they learn; renaming, removing, taking in.

import { change, hush, toast } from "./changes.js";
import { bind } from "./keys.js";
import { escape } from "./tiles.js";

const LOOK_MS = 4000;
const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-eyes]"));
const id = bar?.dataset.eyes ?? "";
const stage = /** @type {HTMLElement | null} */ (document.querySelector("[data-stage]"));
const fault = /** @type {HTMLElement | null} */ (document.querySelector("[data-fault]"));

/** @param {string} words */
function refuse(words) {
  if (!fault) return toast(words);
  if (words) hush();
  fault.textContent = words;
  fault.hidden = !words;
}

// ---- a picture that was dropped ----

/** Cut what the server answered, pictures side by side, into the three places. @param {HTMLElement} pair @param {Blob} answer */
async function show(pair, answer) {
  const row = await createImageBitmap(answer);
  const side = row.height;
  for (const [at, name] of ["shown", "seen", "truth"].entries()) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    canvas.dataset.part = name;
    canvas.role = "img";
    canvas.ariaLabel = { shown: "what is shown of your picture", seen: "what they see", truth: "your picture" }[name] ?? "";
    canvas.getContext("2d")?.drawImage(row, at * side, 0, side, side, 0, 0, side, side);
    pair.querySelector(`[data-part="${name}"]`)?.replaceWith(canvas);
    const save = /** @type {HTMLAnchorElement | null} */ (pair.querySelector("[data-save]"));
    if (name === "seen" && save) canvas.toBlob((blob) => {
      if (!blob) return;
      if (save.href.startsWith("blob:")) URL.revokeObjectURL(save.href);
      save.href = URL.createObjectURL(blob);
    });
  }
}

/** Whether a file moves: GIF and WebP may, and are looked at as films. @param {Blob} file */
const moves = (file) => file.type.startsWith("video/") || file.type === "image/gif" || file.type === "image/apng";

/** @param {File} file @param {string} as */
async function filmed(file, as) {
  const smooth = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-reel-smooth]"));
  const asked = new URLSearchParams({ name: file.name, as, smoothing: smooth?.value ?? "0.5" });
  const answer = await fetch(`/api/v1/eyes/${id}/film?${asked}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }).catch(() => null);
  if (answer?.ok) return { blob: await answer.blob(), frames: answer.headers.get("Leitmotiv-Frames") ?? "", early: answer.headers.get("Leitmotiv-Ends-Early") ?? "" };
  refuse((await answer?.json().catch(() => null))?.detail ?? "The server did not answer. Is it still running?");
  return null;
}

/** A film that was dropped, moving on the page; saved as it is asked for. @param {File} file */
async function watch(file) {
  const reel = /** @type {HTMLElement | null} */ (document.querySelector("[data-reel]"));
  const told = document.querySelector("[data-reel-told]");
  if (!reel || !told) return;
  toast("Looking at the film …");
  const smooth = /** @type {HTMLInputElement | null} */ (reel.querySelector("[data-reel-smooth]"));
  if (smooth) smooth.onchange = () => void watch(file);
  const seen = await filmed(file, "gif");
  if (!seen) return;
  hush();
  const [made, all] = seen.frames.split(" of ");
  const why = seen.early && seen.early !== "yes" ? `: ${seen.early}` : "";
  told.textContent = seen.early ? `The film ends early, after ${made}${made === all ? "" : ` of about ${all}`} frames${why}` : `${made} frames`;
  // the policy of pages lets pictures come from this server or stand in their own address
  const reader = new FileReader();
  reader.addEventListener("load", async () => {
    const image = /** @type {HTMLImageElement} */ (reel.querySelector("img"));
    image.src = String(reader.result);
    reel.hidden = false;
    await image.decode().catch(() => {}); // its height is not known before
    reel.scrollIntoView({ block: "nearest" });
  });
  reader.readAsDataURL(seen.blob);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (reel.querySelectorAll("[data-reel-as]"))) button.onclick = async () => {
    const as = button.dataset.reelAs ?? "gif";
    const saved = as === "gif" ? seen : await filmed(file, as);
    if (!saved) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(saved.blob);
    link.download = `${id}.${as}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
}

/** @param {File} file */
async function look(file) {
  refuse("");
  const reel = /** @type {HTMLElement | null} */ (document.querySelector("[data-reel]"));
  if (reel) reel.hidden = true; // what was dropped before
  if (moves(file)) return watch(file);
  for (const pair of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-pair]"))) {
    const answer = await fetch(`/api/v1/eyes/${pair.dataset.pair}/look`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }).catch(() => null);
    if (!answer?.ok) return refuse((await answer?.json().catch(() => null))?.detail ?? "The server did not answer. Is it still running?");
    await show(pair, await answer.blob());
  }
  for (const one of document.querySelectorAll(".kinds-of [aria-current]")) one.removeAttribute("aria-current");
}

if (stage) {
  document.querySelector("[data-drop]")?.addEventListener("change", (event) => {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (file) void look(file);
  });
  addEventListener("dragover", (event) => { if (!event.dataTransfer?.types.includes("Files")) return; event.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    void look(file);
  });
  addEventListener("paste", (event) => {
    const file = /** @type {ClipboardEvent} */ (event).clipboardData?.files[0];
    if (file?.type.startsWith("image/")) void look(file);
  });
}

// ---- side by side, or one over the other ----

/** @param {string} view */
function arrange(view) {
  stage?.classList.toggle("swiped", view === "swipe");
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.view === view));
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".swipe-at"))) one.hidden = view !== "swipe";
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-view]"))) button.addEventListener("click", () => arrange(button.dataset.view ?? ""));
for (const range of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-swipe]"))) {
  const place = /** @type {HTMLElement | null} */ (range.closest("[data-pair]"));
  const set = () => { place?.style.setProperty("--swipe", `${range.value}%`); range.style.setProperty("--at", `${range.value}%`); };
  range.addEventListener("input", set);
  place?.querySelector(".triple")?.addEventListener("pointermove", (event) => {
    if (!stage?.classList.contains("swiped")) return;
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    range.value = String(100 * (/** @type {PointerEvent} */ (event).clientX - box.left) / Math.max(1, Math.min(box.width, box.height)));
    set();
  });
  set();
}

// ---- as they learn ----

function samples() {
  const range = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-steps]"));
  const image = /** @type {HTMLImageElement | null} */ (document.querySelector("[data-sample]"));
  const told = document.querySelector("[data-step]");
  range?.addEventListener("input", () => {
    const name = range.dataset.steps?.split(" ")[Number(range.value)] ?? "";
    if (image) image.src = `/eyes/${id}/samples/${name}`;
    if (told) told.textContent = `step ${Number(name.replace(/\D/g, "")).toLocaleString("en")}`;
  });
}

/** Show the page's newest state of the training, without touching what a person drags. */
async function follow() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  // styles of a page that is only read would be complaints about its policy
  const page = new DOMParser().parseFromString((await answer.text()).replace(/<style[\s\S]*?<\/style>/g, ""), "text/html");
  if (document.querySelector("[data-job]") && !page.querySelector("[data-job]")) return location.reload(); // it has ended
  if (!document.querySelector("[data-stage]") && page.querySelector("[data-stage]")) return location.reload(); // they can see now
  for (const name of ["[data-course]", "[data-learning]", "[data-card]"]) {
    const [now, fresh] = [document.querySelector(name), page.querySelector(name)];
    if (now && fresh && !now.contains(document.activeElement)) now.replaceWith(document.adoptNode(fresh));
  }
  // what they see now; a picture that was dropped stays as it is
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("[data-pair] img[data-part]"))) {
    const now = page.querySelector(`[data-pair="${image.closest("[data-pair]")?.getAttribute("data-pair")}"] img[data-part="${image.dataset.part}"]`)?.getAttribute("src");
    if (now && now !== image.getAttribute("src")) image.src = now;
  }
  samples();
  if (document.querySelector("[data-job]")) setTimeout(() => void follow(), LOOK_MS);
}
samples();
if (document.querySelector("[data-begun]")) setTimeout(() => location.reload(), LOOK_MS);
if (document.querySelector("[data-job]")) setTimeout(() => void follow(), LOOK_MS);
document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-job-do]") : null);
  const job = /** @type {HTMLElement | null} */ (button?.closest("[data-job]"));
  if (!button || !job) return;
  await change(`/api/v1/jobs/${job.dataset.job}/${button.dataset.jobDo}`, "POST", {}).then(() => setTimeout(() => location.reload(), 600), () => {});
});

// ---- names, files ----

document.querySelector("[data-rename]")?.addEventListener("click", async () => {
  const name = prompt("What are they called?", document.querySelector("h1")?.textContent ?? "")?.trim();
  if (name) await change(`/api/v1/eyes/${id}`, "PATCH", { name }).then(() => location.reload(), () => {});
});
document.querySelector("[data-remove]")?.addEventListener("click", async () => {
  if (confirm("Remove these eyes? The pictures stay; the eyes do not come back.")) await change(`/api/v1/eyes/${id}`, "DELETE").then(() => { location.href = "/eyes"; }, () => {});
});
document.querySelector("[data-take-in]")?.addEventListener("change", async (event) => {
  const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
  if (!file) return;
  const answer = await fetch("/api/v1/eyes/import", { method: "POST", headers: { "Content-Type": "application/zip" }, body: file }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) location.href = `/eyes/${told.id}`;
  else toast(told?.detail ?? "The server did not answer.");
});

if (stage) bind([{ keys: ["v"], label: "Side by side, or swipe", group: "Eyes", run: () => arrange(stage.classList.contains("swiped") ? "beside" : "swipe") }]);
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

// Search: which way of asking is open, colours that are mixed, a box on a picture, a picture handed in.

import { say } from "./frame.js";
import { held, hold } from "./memory.js";
import { picks } from "./picks.js";

/** @typedef {{q: string, apart: Record<string, string>, kept: Record<string, string>, tool: string}} Asked */

const formula = /** @type {HTMLFormElement} */ (document.querySelector(".formula"));
const asked = /** @type {Asked} */ (JSON.parse(formula.dataset.asked ?? "{}"));
const line = /** @type {HTMLInputElement} */ (formula.elements.namedItem("q"));

/** The address of this search with changes; what is null is left out. @param {Record<string, string | null>} changes */
export function addressWith(changes) {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: line.value.trim(), ...asked.apart, ...asked.kept, ...changes })) {
    if (value) values.set(name, value);
  }
  // commas, colons and at signs are safe in a query and easier to read
  return `/search?${values.toString().replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%40/g, "@")}`;
}

/** Add a term to the line and search; the server knows what of the line it belongs to. @param {string} term */
function add(term) {
  location.assign(addressWith({ add: term, tool: open() }));
}

/** Add something that would do as well to the line, or take it away, and search. @param {string} term @param {boolean} less */
function sum(term, less) { add(less ? `-${term}` : `+ ${term}`); }
for (const chip of document.querySelectorAll("[data-term]")) {
  chip.addEventListener("click", (event) => {
    if (!(chip instanceof HTMLElement) || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    sum(chip.dataset.term ?? "", event.shiftKey);
  });
}

// ---- weights: a chip that is dragged sideways weighs more or less, a quarter for each 12 pixels ----
const STEP = 12;
const PRESSED_MS = 700;  // from the last key to the search
const chips = [...document.querySelectorAll(".terms .chip")];
chips.forEach((chip, place) => { if (chip instanceof HTMLElement && chip.dataset.weighed) weighing(chip, place); });
/** @param {HTMLElement} chip @param {number} place among all chips */
function weighing(chip, place) {
  const first = Number(chip.dataset.weight);
  let weight = first, moved = false, timer = 0;
  /** @param {number} quarters */
  const show = (quarters) => {
    weight = Math.min(10, Math.max(0.25, Math.round(quarters) / 4));
    let said = chip.querySelector("b");
    if (!said) chip.querySelector(".off")?.before(said = document.createElement("b"), " ");
    if (said) said.textContent = `×${weight}`;
  };
  const go = () => {
    if (weight === first) return;
    const address = (chip.dataset.weighed ?? "").replace(/98\.765432(\*|%2A)/, weight === 1 ? "" : `${weight}*`);
    if (chip.contains(document.activeElement)) hold(address, `chip ${place}`);
    location.assign(address);
  };
  chip.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!by || (event.target instanceof Element && event.target.closest(".off"))) return;
    event.preventDefault();
    show(4 * weight + by);
    say(`Weight ${weight}`);
    clearTimeout(timer);
    timer = setTimeout(go, PRESSED_MS);
  });
  chip.addEventListener("pointerdown", (event) => {
    if (event.button || (event.target instanceof Element && event.target.closest(".off"))) return;
    const from = event.clientX;
    moved = false;
    const move = (/** @type {PointerEvent} */ now) => {
      if (!moved && Math.abs(now.clientX - from) < STEP) return;
      moved = true;
      show(4 * first + (now.clientX - from) / STEP);
    };
    const end = (/** @type {PointerEvent} */ last) => {
      removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, /** @type {EventListener} */ (end));
      if (last.type === "pointercancel") { if (moved) show(4 * first); moved = false; } else if (moved) go();
    };
    addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, /** @type {EventListener} */ (end));
  });
  chip.addEventListener("click", (event) => { if (moved) event.preventDefault(); moved = false; }, { capture: true });
}

// ---- variety: the slider asks again when it is let go ----
const variety = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-variety]"));
const range = /** @type {HTMLInputElement | null} */ (variety?.querySelector('[name="diverse"]') ?? null);
if (variety && range) {
  const paint = () => {
    range.style.setProperty("--at", `${100 * Number(range.value)}%`);
    range.setAttribute("aria-valuetext", range.value === "0" ? "best first" : `variety ${range.value}`);
  };
  addEventListener("pageshow", () => { range.value = range.defaultValue; paint(); });
  range.addEventListener("input", paint);
  range.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.delete("offset");
    if (range.value === "0") address.searchParams.delete("diverse");
    else address.searchParams.set("diverse", range.value);
    if (document.activeElement === range) hold(address, "variety");
    location.assign(address);
  });
  paint();
}

// ---- what had the focus when it changed the search has it again beside the results ----
const control = held();
const chip = control?.startsWith("chip ") ? chips[Number(control.slice(5))]?.querySelector("a:not(.off)") : null;
const again = control === "variety" ? range : chip;
if (again instanceof HTMLElement) again.focus({ preventScroll: true });

// ---- examples: to try them takes seconds in a server that is new, so the page does not wait for them ----
const examples = /** @type {HTMLElement | null} */ (document.querySelector("[data-examples]"));
if (examples) void offer(examples);
/** @param {HTMLElement} list */
async function offer(list) {
  const page = await fetch(list.dataset.examples ?? "").then((one) => one.text()).catch(() => "");
  const found = new DOMParser().parseFromString(page, "text/html").querySelector(".examples");
  if (found) list.replaceWith(found);
  else list.querySelector('[role="status"]')?.closest("li")?.remove();
}

// ---- ways to ask ----
const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("[data-tool]")]);
/** @returns {string} */
function open() { return links.find((link) => link.ariaCurrent)?.dataset.tool ?? ""; }
for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const was = link.ariaCurrent;
    for (const one of links) one.removeAttribute("aria-current");
    if (!was) link.setAttribute("aria-current", "true");
    for (const panel of document.querySelectorAll("[data-panel]")) {
      if (panel instanceof HTMLElement) panel.hidden = Boolean(was) || panel.dataset.panel !== link.dataset.tool;
    }
    const address = new URL(location.href);
    address.searchParams.set("tool", was ? "" : link.dataset.tool ?? "");
    history.replaceState(history.state, "", address);
  });
}

// ---- colours ----
for (const offer of document.querySelectorAll(".offer")) {
  offer.addEventListener("click", (event) => {
    if (!(offer instanceof HTMLElement) || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add(`${event.shiftKey ? "-" : ""}colour:${offer.dataset.colour}`);
  });
}
const mix = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-mix]"));
if (mix) {
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (mix.elements.namedItem(name));
  const [colour, named, how, share] = ["colour", "named", "how", "share"].map(field);
  colour.addEventListener("input", () => { named.value = colour.value; });
  named.addEventListener("input", () => {
    const six = named.value.trim().toLowerCase().replace(/^#/, "");
    if (/^[0-9a-f]{6}$/.test(six)) colour.value = `#${six}`;
  });
  const measure = /** @type {HTMLElement} */ (share.closest(".measure"));
  const settle = () => { measure.hidden = !how.value; };
  how.addEventListener("change", settle);
  settle();
  mix.addEventListener("submit", (event) => {
    event.preventDefault();
    const sign = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    const where = new FormData(mix).get("where");
    const much = how.value ? `${how.value}${share.value || "30"}%` : "";
    add(`${sign}colour:${named.value.trim() || colour.value}${much}${where ? `@${where}` : ""}`);
  });
}

// ---- the link ----
formula.querySelector('[data-do="copy"]')?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch { say("The browser does not let pages copy; the address bar has the link."); }
});

// ---- part of a picture ----
/** The id in what a person gave: an id, or an address of a picture. @param {string} text */
function idIn(text) {
  return /(?:^|\/images\/|\/ranked\/|\/thumb\/|img:)([0-9a-f]{4,64})(?![0-9a-z])/.exec(text.trim())?.[1] ?? null;
}
const cutting = /** @type {HTMLFormElement | null} */ (document.querySelector(".cutting"));
if (cutting) region(cutting);
/** @param {HTMLFormElement} form */
function region(form) {
  const frame = /** @type {HTMLElement} */ (form.querySelector(".frame"));
  const fields = ["x", "y", "w", "h"].map((name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)));
  const draw = () => {
    const [x, y, w, h] = fields.map((one) => Number(one.value) || 0);
    frame.querySelector(".dim")?.setAttribute("d", `M0 0H100V100H0ZM${x} ${y}h${w}v${h}h${-w}Z`);
    for (const rect of frame.querySelectorAll("rect")) {
      for (const [name, value] of Object.entries({ x, y, width: w, height: h })) rect.setAttribute(name, String(value));
    }
  };
  const at = (/** @type {PointerEvent} */ event) => {
    const box = frame.getBoundingClientRect();
    const share = (/** @type {number} */ value) => Math.round(Math.min(100, Math.max(0, 100 * value)));
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    const [x0, y0] = at(event);
    const move = (/** @type {PointerEvent} */ now) => {
      const [x1, y1] = at(now);
      if (Math.abs(x1 - x0) < 1 || Math.abs(y1 - y0) < 1) return;
      [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)].forEach((value, place) => { fields[place].value = String(value); });
      draw();
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("lostpointercapture", () => frame.removeEventListener("pointermove", move), { once: true });
  });
  for (const one of fields) one.addEventListener("input", draw);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const held = new FormData(form).get("held") ?? "";
    location.assign(addressWith({ region: `${form.dataset.region}@${fields.map((one) => Number(one.value) || 0)}${held}`, tool: "region" }));
  });
  draw();
}
for (const form of document.querySelectorAll('[data-panel="region"] form:not(.cutting)')) {
  form.addEventListener("submit", (event) => {
    const own = /** @type {HTMLInputElement | null} */ (form.querySelector('[name="region"]'));
    const id = idIn(own?.value ?? "");
    if (own && id) own.value = id;
    else { event.preventDefault(); say("This is no picture of the library: its id has 4 to 64 of 0–9 and a–f."); own?.focus(); }
  });
}

// ---- any picture ----
const drop = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-drop]"));
const fault = /** @type {HTMLElement | null} */ (document.querySelector("[data-fault]"));
/** @param {string} text */
function refuse(text) {
  say(text);
  if (!fault) return;
  fault.textContent = text;
  fault.hidden = false;
  if (open() !== "picture") links.find((link) => link.dataset.tool === "picture")?.click();
}
/** @param {Blob} file */
async function handIn(file) {
  say("Looking at the picture…");
  try {
    const answer = await fetch("/api/v1/search/uploads", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
    const form = await answer.json().catch(() => null);
    if (!answer.ok) return refuse(form?.detail ?? `The server refused (${answer.status}).`);
    location.assign(addressWith({ upload: form.id, region: null, sketch: null }));
  } catch { refuse("The server did not answer. Is it still running?"); }
}
drop?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = String(new FormData(drop).get("address") ?? "");
  const id = idIn(text);
  if (id) sum(`[img:${id.slice(0, 16)}]`, false);
  else refuse("This is no picture of the library. Write its id or the address of its page.");
});
const MANY = 12;
const picked = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-do="picked"]'));
function offerPicked() {
  if (!picked) return;
  picked.hidden = !picks.size;
  const words = picked.querySelector("span");
  if (words) words.textContent = picks.size > MANY ? `Like the first ${MANY} of ${picks.size} picked` : picks.size === 1 ? "Like the one picked" : `Like the ${picks.size} picked`;
}
picks.addEventListener("change", offerPicked);
offerPicked();
picked?.addEventListener("click", () => sum([...picks].slice(0, MANY).map((id) => `[img:${id.slice(0, 16)}]`).join(" + "), false));
const file = /** @type {HTMLInputElement | null} */ (document.querySelector("#file"));
file?.addEventListener("change", () => { if (file.files?.[0]) void handIn(file.files[0]); });
addEventListener("paste", (event) => {
  const pasted = [...event.clipboardData?.files ?? []].find((one) => one.type.startsWith("image/"));
  if (!pasted) return;
  event.preventDefault();
  void handIn(pasted);
});
const hasPicture = (/** @type {DragEvent} */ event) => {
  const types = event.dataTransfer?.types ?? [];
  return types.includes("Files") || types.includes("text/uri-list");
};
/** Pictures of this page that are dragged come with their file, too: their address says more. */
addEventListener("dragover", (event) => {
  if (!hasPicture(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!hasPicture(event)) return;
  event.preventDefault();
  const address = event.dataTransfer?.getData("text/uri-list").split("\n")[0] ?? "";
  const id = address.startsWith(location.origin) ? idIn(address) : null;
  const dropped = event.dataTransfer?.files[0];
  if (id && open() === "region") location.assign(addressWith({ region: id, tool: "region" }));
  else if (id) sum(`[img:${id.slice(0, 16)}]`, event.shiftKey);
  else if (dropped) void handIn(dropped);
  else refuse("Only pictures of this library and files can be dropped here.");
});

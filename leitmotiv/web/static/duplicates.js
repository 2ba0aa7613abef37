// Duplicates: walk through groups, decide with a key, and carry out a plan after it was seen. The server draws the page;
// after every change this one takes over the parts that it draws anew.

import { change, changed, toast } from "./changes.js";
import { compare } from "./compare.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";
import { follow } from "./status.js";

const API = "/api/v1/duplicates";
const PARTS = ["sum", "filters", "groups", "pager", "moved", "notice"];
const NUMBER = new Intl.NumberFormat("en");

/** @param {number} bytes */
function size(bytes) {
  const steps = ["bytes", "kB", "MB", "GB", "TB"];
  let step = 0;
  while (bytes >= 1000 && step < steps.length - 1) { bytes /= 1000; step += 1; }
  return `${step ? bytes.toPrecision(3).replace(/\.?0+$/, "") : bytes} ${steps[step]}`;
}
/** @param {number} count */
const files = (count) => `${NUMBER.format(count)} file${count === 1 ? "" : "s"}`;

// ---- where one is: a group, and a copy in it ----
/** @returns {HTMLElement[]} */
const groups = () => [...document.querySelectorAll(".group")].filter((one) => one instanceof HTMLElement);
/** @param {Element | null | undefined} group @returns {HTMLElement[]} */
const copies = (group) => (group ? [...group.querySelectorAll(".copy")].filter((one) => one instanceof HTMLElement) : []);
/** @returns {HTMLElement | null} */
const current = () => {
  const copy = document.activeElement?.closest(".copy");
  return copy instanceof HTMLElement ? copy : null;
};

/** @param {HTMLElement | undefined | null} copy @param {boolean} [scroll] */
function focusOn(copy, scroll = true) {
  const frame = copy?.querySelector(".frame");
  if (!(frame instanceof HTMLElement) || !copy) return;
  for (const other of document.querySelectorAll(".copy .frame")) if (other instanceof HTMLElement) other.tabIndex = -1;
  frame.tabIndex = 0;
  frame.focus({ preventScroll: true });
  if (scroll) copy.closest(".group")?.scrollIntoView({ block: "nearest" });
  mark(copy.closest(".group"));
}
/** @param {Element | null} group */
function mark(group) {
  for (const other of groups()) other.classList.toggle("here", other === group);
}
document.addEventListener("focusin", () => { const copy = current(); if (copy) mark(copy.closest(".group")); });
/** One tab stop for all copies: the one where the focus was, else the first. */
function settle() {
  const frames = [...document.querySelectorAll(".copy .frame")].filter((one) => one instanceof HTMLElement);
  const stop = frames.find((one) => one.tabIndex === 0 && one.closest(".copy") === current()) ?? frames[0];
  for (const frame of frames) frame.tabIndex = frame === stop ? 0 : -1;
}
/** @param {number} step */
function toGroup(step) {
  const all = groups();
  const at = all.findIndex((one) => one.classList.contains("here"));
  const next = all[at < 0 ? 0 : at + step];
  if (!next) return step > 0 ? document.querySelector('[data-part="pager"] [rel="next"]')?.focus?.() : undefined;
  focusOn(copies(next)[0]);
  next.scrollIntoView({ block: "start" });
}
/** @param {number} step */
function alongside(step) {
  const copy = current();
  if (!copy) return toGroup(1);
  const all = copies(copy.closest(".group"));
  focusOn(all[all.indexOf(copy) + step]);
}

// ---- taking over what the server draws anew ----
async function refresh() {
  const copy = current();
  const [group, key] = [copy?.closest(".group")?.getAttribute("data-group"), copy?.dataset.key];
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const name of PARTS) {
    const [old, fresh] = [document, page].map((from) => from.querySelector(`[data-part="${name}"]`));
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
    else if (old) old.remove();
    else if (fresh && name === "filters") location.reload();
  }
  settle();
  const back = document.querySelector(`.group[data-group="${group}"] .copy[data-key="${CSS.escape(key ?? "")}"]`)
    ?? copies(document.querySelector(`.group[data-group="${group}"]`))[0];
  if (back instanceof HTMLElement && !document.querySelector("dialog[open]")) focusOn(back, false);
  compare.follow();
}
changed(() => void refresh());

// ---- decisions ----
/** @param {HTMLElement} copy */
const nameOf = (copy) => copy.dataset.name ?? "";
/** @param {HTMLElement} copy @param {"keep" | "remove"} word */
async function decide(copy, word) {
  const key = copy.dataset.key ?? "";
  const was = copy.classList.contains(`is-${word}`);
  /** @type {Record<string, string | null>} */
  const decisions = { [key]: was ? null : word };
  const title = was ? `${nameOf(copy)}: left open again` : word === "keep" ? `Keep ${nameOf(copy)}` : `${nameOf(copy)} goes to the trash`;
  await change(`${API}/decisions`, "PATCH", { decisions }, title).catch(() => null);
}
/** @param {HTMLElement} copy */
async function deny(copy) {
  const group = copy.closest(".group");
  if (!(group instanceof HTMLElement)) return;
  if (group.dataset.groupKind === "same file") { toast("These files are the same byte for byte: keep both, if both shall stay."); return; }
  await change(`${API}/denials`, "POST", { group: group.dataset.group, key: copy.dataset.key }, `${nameOf(copy)} is not a copy`).catch(() => null);
}
/** @param {HTMLElement} group */
async function acceptOne(group) {
  await change(`${API}/accept`, "POST", { group: group.dataset.group }, "Decided as proposed").catch(() => null);
}
async function acceptAll() {
  const list = /** @type {HTMLElement} */ (document.querySelector('[data-part="groups"]'));
  const body = { kind: list.dataset.kind === "perhaps" ? "" : list.dataset.kind, folder: list.dataset.folder, q: list.dataset.q };
  const form = await change(`${API}/accept`, "POST", body).catch(() => null);
  if (!form) return;
  toast(`${NUMBER.format(form.accepted)} group${form.accepted === 1 ? "" : "s"} decided as proposed; nothing was moved.`, async () => { await change("/api/v1/undo", "POST", {}, "Undone").catch(() => null); });
  await refresh();
}
/** @param {HTMLElement | null} copy */
function openCompare(copy) {
  const group = copy?.closest(".group") ?? groups().find((one) => one.classList.contains("here")) ?? groups()[0];
  if (!(group instanceof HTMLElement)) return;
  if (group.dataset.groupKind === "same file") { toast("These files are the same byte for byte: there is nothing to compare."); return; }
  compare.open(group, copy, { decide, deny });
}

// ---- the plan ----
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.plan"));
let planId = "";
/** @param {string} text */
function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}
/** @param {{id: string, path: string}} file */
function pictured(file) {
  const made = document.createElement("td");
  const image = document.createElement("img");
  const path = document.createElement("span");
  image.src = `/thumb/${file.id}/256.jpg`;
  image.alt = "";
  image.loading = "lazy";
  path.textContent = file.path;
  const both = document.createElement("div");
  both.className = "pictured";
  both.append(image, path);
  made.append(both);
  return made;
}
async function openPlan() {
  const plan = await change(`${API}/plans`, "POST", {}).catch(() => null);
  if (!plan) return;
  planId = plan.id;
  const sum = /** @type {HTMLElement} */ (dialog.querySelector("[data-plan-sum]"));
  sum.textContent = plan.actions.length
    ? `${files(plan.actions.length)} would go to the system's trash, ${size(plan.frees)} free once it is emptied. Each is looked at again right before; what is not as it was stays. Nothing was moved yet.`
    : "No file can go. Below is why.";
  const rows = /** @type {HTMLElement} */ (dialog.querySelector("tbody"));
  rows.replaceChildren(...plan.actions.map((/** @type {any} */ action) => {
    const row = document.createElement("tr");
    const frees = cell(action.frees ? size(action.frees) : "nothing: a link");
    frees.className = "number";
    row.append(pictured(action.remove), pictured(action.keep), cell(action.merge.join(", ")), frees);
    return row;
  }));
  const skipped = /** @type {HTMLElement} */ (dialog.querySelector(".skipped"));
  skipped.replaceChildren(...plan.skipped.map((/** @type {any} */ one) => {
    const row = document.createElement("li");
    row.textContent = `Stays: ${one.path} (${one.reason})`;
    return row;
  }));
  const table = /** @type {HTMLElement} */ (dialog.querySelector("table"));
  table.hidden = !plan.actions.length;
  const button = /** @type {HTMLButtonElement} */ (dialog.querySelector('[data-do="apply"]'));
  button.hidden = !plan.actions.length;
  button.disabled = false;
  button.textContent = `Move ${files(plan.actions.length)} to the trash`;
  dialog.showModal();
}
/** @param {HTMLButtonElement} button */
async function apply(button) {
  button.disabled = true;
  button.textContent = "Moving …";
  const done = await change(`${API}/plans/${planId}/apply`, "POST", { confirm: true }).catch(() => null);
  dialog.close();
  if (done) tell(done, `${files(done.files.length)} moved to the trash`, () => void bringBack(done.plan ?? planId));
  await refresh();
}
/** @param {string} id */
async function bringBack(id) {
  const done = await change(`${API}/plans/${id}/undo`, "POST", {}).catch(() => null);
  if (done) tell(done, `${files(done.files.length)} brought back`);
  await refresh();
}
/** @param {any} done @param {string} text @param {() => void} [back] */
function tell(done, text, back) {
  const stayed = done.failed.length ? ` ${files(done.failed.length)} stayed: ${done.failed[0].reason}` : "";
  toast(`${text}.${stayed}`, back);
}

// ---- mouse and keys ----
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-do], [data-decide]") : null;
  if (!(target instanceof HTMLElement) || target.closest("dialog.compare")) return;
  const copy = /** @type {HTMLElement | null} */ (target.closest(".copy"));
  const group = /** @type {HTMLElement | null} */ (target.closest(".group"));
  if (target.dataset.decide && copy) { focusOn(copy, false); void decide(copy, /** @type {"keep" | "remove"} */ (target.dataset.decide)); return; }
  const acts = {
    focus: () => { if (copy) focusOn(copy, false); },
    deny: () => { if (copy) void deny(copy); },
    compare: () => openCompare(copy ?? copies(group)[1] ?? null),
    "accept-one": () => { if (group) void acceptOne(group); },
    accept: () => void acceptAll(),
    plan: () => void openPlan(),
    apply: () => void apply(/** @type {HTMLButtonElement} */ (target)),
    close: () => target.closest("dialog")?.close(),
    back: () => void bringBack(target.closest("[data-plan]")?.getAttribute("data-plan") ?? ""),
    search: () => void search(),
  };
  acts[target.dataset.do ?? ""]?.();
});
document.addEventListener("dblclick", (event) => {
  const copy = event.target instanceof Element ? event.target.closest(".copy .frame")?.closest(".copy") : null;
  if (copy instanceof HTMLElement) openCompare(copy);
});
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.name === "folder") event.target.form?.requestSubmit();
});

/** @param {(copy: HTMLElement) => void} act */
const onCopy = (act) => () => {
  const copy = current();
  if (!copy) return false;
  act(copy);
};
bind([
  { keys: ["ArrowUp", "ArrowDown"], label: "Group to group", group: "Duplicates", run: (event) => { toGroup(event.key === "ArrowUp" ? -1 : 1); } },
  { keys: ["ArrowLeft", "ArrowRight"], label: "Copy to copy", group: "Duplicates", run: (event) => { alongside(event.key === "ArrowLeft" ? -1 : 1); } },
  { keys: ["k"], label: "Keep it", group: "Duplicates", run: onCopy((copy) => void decide(copy, "keep")) },
  { keys: ["x"], label: "To the trash", group: "Duplicates", run: onCopy((copy) => void decide(copy, "remove")) },
  { keys: ["n"], label: "Not a copy", group: "Duplicates", run: onCopy((copy) => void deny(copy)) },
  { keys: ["a"], label: "As proposed", group: "Duplicates", run: onCopy((copy) => { const group = copy.closest(".group"); if (group instanceof HTMLElement) void acceptOne(group); }) },
  { keys: ["c"], label: "Compare", group: "Duplicates", run: () => openCompare(current()) },
  { keys: ["o"], label: "Open the picture", group: "Duplicates", run: onCopy((copy) => { location.href = `/images/${copy.dataset.image}`; }) },
  { keys: ["p"], label: "Plan", group: "Duplicates", run: () => { if (!document.querySelector('[data-do="plan"]')) return false; void openPlan(); } },
]);

// ---- looking for copies ----
async function search() {
  const job = await change(`${API}/search`, "POST", {}).catch(() => null);
  if (job) { toast("Looking for duplicates; this page fills when it is done."); say("Looking for duplicates"); }
}
/** @type {string | null} */
let state = null;
follow((status) => {
  const now = String(status.jobs.some((job) => job.kind === "duplicates" && job.state === "running"));
  if (state !== null && state !== now) location.reload();
  state = now;
});
settle();

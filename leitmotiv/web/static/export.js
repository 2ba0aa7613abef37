// Writing out: each wish is a form; what was written appears in the list below, and its download begins.

import { change, toast } from "./changes.js";

const wishes = /** @type {HTMLElement} */ (document.querySelector(".wishes"));
const shelf = /** @type {HTMLElement} */ (document.querySelector("[data-shelf]"));

/** @typedef {{name: string, bytes: number, at: string, address: string}} Written */

/** @param {HTMLFormElement} form */
function wanted(form) {
  /** @type {Record<string, unknown>} */
  const wish = { kind: form.dataset.kind, q: wishes.dataset.q ?? "", sort: wishes.dataset.sort ?? "-taken" };
  for (const input of form.elements) {
    if (input instanceof HTMLInputElement && input.name) wish[input.name] = input.type === "checkbox" ? input.checked : input.value;
    if (input instanceof HTMLSelectElement && input.name) wish[input.name] = input.value;
  }
  return wish;
}

/** @param {number} bytes */
function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < 4) { value /= 1000; unit += 1; }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)}\u202f${units[unit]}`;
}

/** @param {Written} file */
function put(file) {
  const row = document.createElement("li");
  row.className = "fresh";
  row.dataset.name = file.name;
  const link = document.createElement("a");
  link.className = "more";
  link.href = file.address;
  link.textContent = file.name;
  const big = document.createElement("span");
  big.className = "hint number";
  big.textContent = size(file.bytes);
  const when = document.createElement("span");
  when.className = "hint";
  when.textContent = "just now";
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button bare";
  remove.dataset.remove = "";
  remove.title = `Remove ${file.name}`;
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sign.setAttribute("class", "icon");
  sign.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#i-close");
  sign.append(use);
  const words = document.createElement("span");
  words.className = "unseen";
  words.textContent = `Remove ${file.name}`;
  remove.append(sign, words);
  row.append(link, big, when, remove);
  shelf.prepend(row);
  document.querySelector("[data-none]")?.remove();
  return link;
}

/**
 * Wait for a job of the queue, and find its file.
 * @param {{id: number, state: string, done: number, total: number, message: string}} job @param {HTMLElement} button
 * @returns {Promise<Written>}
 */
async function finished(job, button) {
  while (["queued", "running", "paused"].includes(job.state)) {
    button.textContent = job.total ? `${Math.floor((100 * job.done) / job.total)} %` : "Waiting …";
    await new Promise((done) => setTimeout(done, 700));
    job = await (await fetch(`/api/v1/jobs/${job.id}`)).json();
  }
  const { exports } = await (await fetch("/api/v1/exports")).json();
  const file = exports.find((/** @type {Written} */ one) => one.name === job.message);
  if (job.state === "done" && file) return file;
  toast(job.message || "It was stopped.");
  throw new Error(job.message);
}

for (const form of document.querySelectorAll("form[data-wish]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(form instanceof HTMLFormElement) || form.ariaBusy === "true") return;
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
    const label = button.innerHTML;
    form.ariaBusy = "true";
    button.textContent = "Writing …";
    try {
      const answer = await change("/api/v1/exports", "POST", wanted(form));
      const file = /** @type {Written} */ ("address" in answer ? answer : await finished(answer, button));
      put(file).click();
      toast(`${file.name}, ${size(file.bytes)}`);
    } catch { /* the toast told why */ } finally {
      form.ariaBusy = "false";
      button.innerHTML = label;
    }
  });
}

shelf.addEventListener("click", async (event) => {
  const row = event.target instanceof Element && event.target.closest("[data-remove]") ? event.target.closest("li") : null;
  if (!row) return;
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const gone = await change(`/api/v1/exports/${encodeURIComponent(row.dataset.name ?? "")}`, "DELETE").then(() => true, () => false);
  if (!gone) return;
  row.remove();
  toast(`${row.dataset.name} removed`);
  /** @type {HTMLElement | null | undefined} */ (next?.querySelector("[data-remove]"))?.focus();
});

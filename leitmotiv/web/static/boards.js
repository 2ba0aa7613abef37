// The page of all boards: made, renamed, told about, duplicated, thrown away and brought back.

import { change, changed, toast } from "./changes.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";
import { choose, current } from "./pinning.js";
import { edit } from "./rename.js";

changed(() => setTimeout(() => location.reload(), 700));

/** @param {Promise<any>} asked  a board @param {string} [hash] */
async function open(asked, hash = "") {
  const board = await asked.catch(() => null);
  if (!board) return;
  choose({ id: board.id, name: board.name });
  location.assign(`/boards/${board.id}${hash}`);
}
const make = () => open(change("/api/v1/boards", "POST", {}), "#name");
for (const button of document.querySelectorAll("[data-new]")) button.addEventListener("click", () => void make());
bind([{ keys: ["n"], label: "New board", group: "Boards", run: () => void make() }]);

document.querySelector("[data-samples]")?.addEventListener("click", async (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  button.disabled = true;
  say("Making three boards…");
  const done = await change("/api/v1/boards/samples", "POST", {}).catch(() => null);
  if (done) location.reload();
  else button.disabled = false;
});

// ---- concepts of others: chosen, or dropped anywhere on the page ----
/** @param {File} chosen */
async function bringIn(chosen) {
  const address = `/api/v1/boards/import?name=${encodeURIComponent(chosen.name.replace(/\.cav$/i, ""))}`;
  try {
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: chosen });
    const form = await answer.json().catch(() => null);
    if (!answer.ok) return toast(form?.detail ?? `The server refused (${answer.status}).`);
    await open(Promise.resolve(form));
  } catch { toast("The server did not answer. Is it still running?"); }
}
const file = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-import]"));
file?.addEventListener("change", () => {
  const chosen = file.files?.[0];
  file.value = "";
  if (chosen) void bringIn(chosen);
});
addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
addEventListener("drop", (event) => {
  const dropped = event.dataTransfer?.files[0];
  if (!dropped) return;
  event.preventDefault();
  if (/\.cav$/i.test(dropped.name)) void bringIn(dropped);
  else toast("Only .cav files make a board here. Pictures are dropped on a board.");
});

// ---- cards ----
for (const card of document.querySelectorAll("[data-board]")) {
  if (!(card instanceof HTMLElement)) continue;
  const { board: id = "", name = "" } = card.dataset;
  const address = `/api/v1/boards/${id}`;
  const revision = Number(card.dataset.revision);
  /** @type {Record<string, () => void>} */
  const does = {
    doRename: () => edit(/** @type {HTMLElement} */ (card.querySelector(".name")), name, address, () => {}, (body) => change(address, "PATCH", { ...body, revision }, `Called “${body.name}”`).catch(() => null)),
    doWords: () => words(card, address, revision),
    doDuplicate: () => void change(`${address}/duplicate`, "POST", {}, `Duplicated “${name}”`).catch(() => {}),
    doLink: () => void navigator.clipboard.writeText(new URL(`/boards/${id}`, location.href).href).then(() => toast("The link is copied."), () => toast("The browser does not let pages copy.")),
    doRemove: () => {
      if (String(current()?.id) === id) choose(null);
      void change(address, "DELETE", undefined, `“${name}” is in the trash`).catch(() => {});
    },
    doRestore: () => void change(`${address}/restore`, "POST", {}, `“${name}” is back`).catch(() => {}),
    doDestroy: () => destroy(card, address, name),
  };
  card.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    for (const [verb, run] of Object.entries(does)) if (button && verb in button.dataset) run();
  });
}

/** What is gone for good is asked for twice, in its place. @param {HTMLElement} card @param {string} address @param {string} name */
function destroy(card, address, name) {
  const button = /** @type {HTMLButtonElement} */ (card.querySelector("[data-do-destroy]"));
  if (button.dataset.sure === undefined) {
    button.dataset.sure = "";
    button.textContent = "Really? It cannot come back";
    button.classList.add("lined");
    return;
  }
  void change("/api/v1/boards", "DELETE", { ids: [Number(card.dataset.board)] }).then(() => { toast(`“${name}” is gone`); location.reload(); }).catch(() => {});
}

/** @param {HTMLElement} card @param {string} address @param {number} revision  of the board as the card shows it */
function words(card, address, revision) {
  if (card.querySelector("form")) return;
  const form = document.createElement("form");
  const field = document.createElement("textarea");
  const before = card.querySelector(".words");
  form.className = "run";
  Object.assign(field, { name: "words", value: before?.textContent ?? "", maxLength: 2000, rows: 4, placeholder: "quiet, blue, before sunrise" });
  field.setAttribute("aria-label", "Words about this board; Enter saves, Shift+Enter begins a line, Esc leaves it as it was");
  form.append(field);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void change(address, "PATCH", { words: field.value.trim(), revision }, "Words kept").catch(() => {});
  });
  field.addEventListener("keydown", (event) => {
    // an Enter that ends what an input method composes is not meant for the form
    const saved = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!saved && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (saved) form.requestSubmit();
    else form.remove();
  });
  card.querySelector(".line")?.before(form);
  card.querySelector("details")?.removeAttribute("open"); // the menu would lie over the field
  field.focus();
}

// Ways for pictures to come onto a board: dropped from the page, another window or the disk, pasted, chosen in a dialog.

import { toast } from "./changes.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";
import { inHand } from "./pinning.js";

/** @typedef {import("./pinning.js").Side} Side */

const PAGE = 60;
/** Pictures of a folder that a board takes at once. */
const MOST = 200;
/** Files that are told of by name where they could not be taken. */
const TOLD = 3;
const PICTURE = /\.(jpe?g|png|webp|avif|hei[cf]|tiff?|gif|bmp|dng|cr[23]|nef|arw|raf|orf|rw2)$/i;

/**
 * Take pictures onto the sides of a board.
 * @param {HTMLElement} root     what holds the sides, each with `data-side`
 * @param {(form: FormData) => Promise<string>} hand  a file in; what is answered where it was refused
 * @param {(side: Side, ids: string[]) => Promise<unknown>} put
 * @param {() => void} done      after files were handed in
 */
export function receive(root, hand, put, done) {
  /** Hand files in, one after the other, as each is a change of the board; those that fail are told by name. @param {Side} side @param {File[]} files */
  async function handIn(side, files) {
    const list = root.querySelector(`[data-side="${side}"] .pins`);
    /** @type {string[]} */
    const failed = [];
    let count = 0;
    const tell = () => say(`${count} of ${files.length} handed in`);
    const places = files.map(() => coming());
    list?.append(...places);
    for (const file of files) {
      const form = new FormData();
      form.append("side", side);
      form.append("picture", file, file.name || "pasted.png");
      const refused = await hand(form);
      // the server names the file where it could not read it
      if (refused) failed.push(file.name && refused.includes(file.name) ? refused : `${file.name || "the picture"}: ${refused}`);
      else count += 1;
      tell();
    }
    for (const place of places) place.remove();
    toast(failed.length ? `${failed.length} could not be taken. ${failed.slice(0, TOLD).join(" ")}${failed.length > TOLD ? ` And ${failed.length - TOLD} more.` : ""}` : `${count === 1 ? "1 picture" : `${count} pictures`} from the disk, kept with the board`);
    done();
  }

  /** @param {Side} side @param {File[]} files  of folders, where not all are pictures */
  function handInSome(side, files) {
    const pictures = files.filter((one) => PICTURE.test(one.name));
    if (!pictures.length) toast("There are no pictures in that folder.");
    else if (pictures.length > MOST) toast(`There are ${pictures.length.toLocaleString("en")} pictures in that folder; a board takes ${MOST} at once. Add the folder to the library instead.`);
    else void handIn(side, pictures);
  }

  // ---- dropping ----
  const side = (/** @type {EventTarget | null} */ target) => {
    const place = target instanceof Element ? target.closest("[data-side]") : null;
    return place instanceof HTMLElement ? { place, side: /** @type {Side} */ (place.dataset.side) } : null;
  };
  const bears = (/** @type {DragEvent} */ event) => ["Files", "text/uri-list"].some((type) => event.dataTransfer?.types.includes(type));
  addEventListener("dragover", (event) => {
    if (!bears(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
    const under = side(event.target)?.place;
    for (const one of root.querySelectorAll(".side")) one.classList.toggle("under", one === under);
  });
  const over = () => {
    document.body.classList.remove("dropping");
    for (const one of root.querySelectorAll(".side")) one.classList.remove("under");
  };
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(); });
  addEventListener("dragend", over);
  addEventListener("drop", (event) => {
    over();
    if (!bears(event)) return;
    event.preventDefault();
    const to = side(event.target)?.side;
    if (!to) return toast("Let it go over “It is” or “It is not”.");
    const ids = inHand().length ? inHand() : idsIn(event.dataTransfer?.getData("text/uri-list") ?? "");
    const entries = [...event.dataTransfer?.items ?? []].map((item) => item.webkitGetAsEntry?.()).filter((one) => one !== null && one !== undefined);
    const files = [...event.dataTransfer?.files ?? []];
    if (ids.length) void put(to, ids);
    else if (entries.some((one) => one.isDirectory)) void Promise.all(entries.map(filesOf)).then((found) => handInSome(to, found.flat()));
    else if (files.length) void handIn(to, files);
    else toast("Only pictures of this library and files can be put on a board.");
  });

  // ---- pasting ----
  addEventListener("paste", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "range") return;
    const files = [...event.clipboardData?.files ?? []].filter((one) => one.type.startsWith("image/"));
    const ids = files.length ? [] : idsIn(event.clipboardData?.getData("text/plain") ?? "");
    const to = side(document.activeElement)?.side ?? "positive";
    if (!files.length && !ids.length) {
      if (event.target instanceof HTMLTextAreaElement || !event.clipboardData?.getData("text/plain").trim()) return;
      return toast("What was pasted is no picture, and no address of one in this library.");
    }
    event.preventDefault();
    if (files.length) void handIn(to, files);
    else void put(to, ids);
  });

  // ---- choosing ----
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.picker"));
  const picker = new Picker(dialog, put, handIn);
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-do-add]") : null;
    const to = button && side(button)?.side;
    if (to) picker.open(to);
  });
  bind([{ keys: ["a"], label: "Add pictures", group: "This board", run: () => picker.open("positive") }]);
}

/** The files of a folder and the folders in it. @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function filesOf(entry) {
  if (entry instanceof FileSystemFileEntry) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  if (!(entry instanceof FileSystemDirectoryEntry)) return [];
  const reader = entry.createReader();
  /** @type {File[]} */
  const found = [];
  // a reader gives some entries at a time, and none at the end
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length || found.length > MOST) return found;
    for (const one of some) found.push(...await filesOf(one));
  }
}

/** A place for a picture that is on its way. */
function coming() {
  const row = document.createElement("li");
  const tile = document.createElement("span");
  row.className = "pinned coming";
  tile.className = "tile";
  tile.textContent = "…";
  row.append(tile);
  return row;
}

/** The pictures of this library that addresses lead to. @param {string} text @returns {string[]} */
function idsIn(text) {
  const found = text.split(/\s+/).filter((line) => line.startsWith(location.origin)).map((line) => /\/(?:images|ranked|thumb|boards\/pictures)\/([0-9a-f]{4,64})/.exec(line)?.[1] ?? "");
  return [...new Set(found.filter(Boolean))];
}

/** The dialog in which pictures of the library are chosen. */
class Picker {
  /** @type {Side} */
  #side = "positive";
  /** @type {Set<string>} */
  #chosen = new Set();
  #next = "";

  /** @param {HTMLDialogElement} dialog @param {(side: Side, ids: string[]) => Promise<unknown>} put @param {(side: Side, files: File[]) => Promise<void>} handIn */
  constructor(dialog, put, handIn) {
    this.dialog = dialog;
    this.choices = /** @type {HTMLElement} */ (dialog.querySelector(".choices"));
    this.line = /** @type {HTMLInputElement} */ (dialog.querySelector('[name="q"]'));
    this.told = /** @type {HTMLElement} */ (dialog.querySelector("[data-told]"));
    this.add = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-add]"));
    this.onward = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-more]"));
    const file = /** @type {HTMLInputElement} */ (dialog.querySelector('input[type="file"]'));
    dialog.querySelector("form")?.addEventListener("submit", (event) => { event.preventDefault(); void this.show(); });
    dialog.querySelector("[data-cancel]")?.addEventListener("click", () => dialog.close());
    this.onward.addEventListener("click", () => void this.page(this.#next));
    this.add.addEventListener("click", () => { dialog.close(); void put(this.#side, [...this.#chosen]); });
    file.addEventListener("change", () => {
      const files = [...file.files ?? []];
      file.value = "";
      dialog.close();
      if (files.length) void handIn(this.#side, files);
    });
    this.choices.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-choice]") : null;
      if (button instanceof HTMLElement) this.toggle(button);
    });
  }

  /** @param {Side} side */
  open(side) {
    this.#side = side;
    this.#chosen.clear();
    const title = this.dialog.querySelector("h2");
    if (title) title.textContent = side === "positive" ? "Pictures that it is" : "Pictures that it is not";
    this.count();
    this.dialog.showModal();
    this.line.focus();
    void this.show();
  }

  async show() {
    this.choices.replaceChildren();
    const q = this.line.value.trim();
    await this.page(`/api/v1/images?limit=${PAGE}${q ? `&q=${encodeURIComponent(q)}` : ""}`);
  }

  /** @param {string} address */
  async page(address) {
    const answer = await fetch(address).catch(() => null);
    const form = await answer?.json().catch(() => null);
    if (!answer?.ok) { this.told.textContent = form?.detail ?? "The server did not answer."; return; }
    this.told.textContent = form.images.length || this.choices.childElementCount ? "" : "No picture fits these filters.";
    this.#next = form.next ?? "";
    this.onward.hidden = !this.#next;
    this.choices.append(...form.images.map((/** @type {{id: string, path: string}} */ one) => this.choice(one)));
  }

  /** @param {{id: string, path: string}} one */
  choice(one) {
    const button = document.createElement("button");
    const image = document.createElement("img");
    button.type = "button";
    button.dataset.choice = one.id;
    button.setAttribute("aria-pressed", String(this.#chosen.has(one.id)));
    button.title = one.path.split("/").at(-1) ?? "";
    image.src = `/thumb/${one.id}/256.jpg`;
    image.alt = button.title;
    image.loading = "lazy";
    button.append(image);
    const side = document.querySelector(`[data-example="${one.id}"]`)?.closest("[data-side]")?.getAttribute("data-side");
    if (side) {
      const sign = document.createElement("span");
      sign.className = "on";
      sign.textContent = side === "positive" ? "+" : "−";
      sign.title = "on the board already";
      button.append(sign);
    }
    return button;
  }

  /** @param {HTMLElement} button */
  toggle(button) {
    const id = button.dataset.choice ?? "";
    if (!this.#chosen.delete(id)) this.#chosen.add(id);
    button.setAttribute("aria-pressed", String(this.#chosen.has(id)));
    this.count();
  }

  count() {
    this.add.disabled = !this.#chosen.size;
    this.add.textContent = this.#chosen.size ? `Add ${this.#chosen.size}` : "Add";
  }
}

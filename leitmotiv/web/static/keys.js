// One table of keys: what is bound here works, and the sheet that `?` opens lists exactly that.

import { recall, remember } from "./memory.js";

/**
 * @typedef {object} Binding
 * @property {string[]} keys      as `KeyboardEvent.key` says them; with "Ctrl+" before it for Ctrl, or Cmd on a Mac
 * @property {string} label       what it does
 * @property {string} group       heading in the sheet
 * @property {(event: KeyboardEvent) => void | boolean} [run]  false leaves the key to the browser; absent where the browser itself does it
 */

/** @type {Binding[]} */
const bindings = [];
const SIGNS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", " ": "Space" };

/** @param {Binding[]} list */
export function bind(list) {
  bindings.push(...list);
}

/** What lies over the page and has the keys to itself, the topmost last. @type {Binding[][]} */
const layers = [];

/** Give the keys to a list alone, beside those that work everywhere. @param {Binding[]} list @returns {() => void} gives them back */
export function overlay(list) {
  layers.push(list);
  return () => { if (layers.includes(list)) layers.splice(layers.indexOf(list), 1); };
}

/** The bindings that work now. */
function active() {
  const top = layers.at(-1);
  return top ? [...top, ...bindings.filter((one) => one.group === "Everywhere")] : bindings;
}

/** Whether a key belongs to what has the focus. @param {EventTarget | null} target @param {string} key */
function typing(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("textarea, select")) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  if (target.type === "range") return key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);
  return !["checkbox", "radio", "button"].includes(target.type);
}

const single = () => recall("letters") !== "off";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  if (typing(event.target, event.key) || document.querySelector("dialog[open]:not(.lightbox)")) return;
  const held = event.ctrlKey || event.metaKey;
  if (event.key.length === 1 && !held && !single()) return;
  const pressed = held ? `Ctrl+${event.key}` : event.key;
  // a digit that was typed with Shift says so in its place on the keyboard alone
  const shifted = event.shiftKey && !held ? `Shift+${event.code.startsWith("Digit") ? event.code.slice(5) : event.key}` : pressed;
  for (const { keys, run } of active()) {
    if (run && (keys.includes(pressed) || keys.includes(shifted)) && run(event) !== false) {
      event.preventDefault();
      return;
    }
  }
});

/** A key as it is printed: Ctrl with a capital means Shift, too. @param {string} key */
function named(key) {
  if (key.startsWith("Shift+")) return `Shift+${named(key.slice(6))}`;
  if (!key.startsWith("Ctrl+")) return SIGNS[key] ?? key;
  const letter = key.slice(5);
  return `Ctrl+${letter === letter.toLowerCase() ? "" : "Shift+"}${letter.toUpperCase()}`;
}

/** Fill and open the sheet. */
export function openSheet() {
  const sheet = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.keys"));
  const columns = sheet?.querySelector(".cols");
  if (!sheet || !columns || sheet.open) return;
  columns.replaceChildren();
  for (const group of new Set(active().map((one) => one.group))) {
    const part = document.createElement("div");
    const title = document.createElement("h2");
    const list = document.createElement("dl");
    title.textContent = group;
    for (const { keys, label } of active().filter((one) => one.group === group)) {
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = label;
      for (const key of keys) {
        const cap = document.createElement("kbd");
        cap.className = "key";
        cap.textContent = named(key);
        detail.append(cap, " ");
      }
      list.append(term, detail);
    }
    part.append(title, list);
    columns.append(part);
  }
  const choice = /** @type {HTMLInputElement | null} */ (sheet.querySelector('[data-do="letters"]'));
  if (choice) {
    choice.checked = single();
    choice.onchange = () => remember("letters", choice.checked ? "on" : "off");
  }
  sheet.showModal();
}

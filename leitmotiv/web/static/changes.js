// Changes that a person makes: sent to the server, told, and taken back with Ctrl+Z or the button in the toast.

import { say } from "./frame.js";
import { bind } from "./keys.js";

const SHOWN_MS = 8000;
/** @type {((title: string) => void)[]} */
const listeners = [];

/** Be told when something was changed, undone or redone: what is shown may be old. @param {(title: string) => void} listener */
export function changed(listener) {
  listeners.push(listener);
}

/**
 * Change something on the server.
 * @param {string} address
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {unknown} [body]
 * @param {string} [title]  what is told and can be undone; without it nothing is told
 * @returns {Promise<any>} what the server answered
 */
export async function change(address, method, body, title) {
  const sent = fetch(address, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await sent.catch((error) => {
    toast("The server did not answer; nothing was changed. Is it still running?");
    throw error;
  });
  const form = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) {
    toast(form?.detail ?? `The server refused (${answer.status}).`);
    throw Object.assign(new Error(form?.detail ?? String(answer.status)), { status: answer.status });
  }
  if (title) {
    toast(title, undo);
    for (const listener of listeners) listener(title);
  }
  return form;
}

export const undo = () => step("undo", "Undone");
export const redo = () => step("redo", "Done again");

/** @param {"undo" | "redo"} verb @param {string} word */
async function step(verb, word) {
  const form = await change(`/api/v1/${verb}`, "POST", {}).catch(() => null);
  if (!form) return;
  // what is undone may have been done in another tab: it is named, and one press away
  if (form.title) toast(`${word}: ${form.title}`, verb === "undo" ? redo : undo, verb === "undo" ? "Redo" : "Undo");
  else toast(`Nothing to ${verb}.`);
  if (form.title) for (const listener of listeners) listener(form.title);
}

let timer = 0;
/** Tell something at the foot of the page for a while. @param {string} text @param {() => void} [back]  takes it back @param {"Undo" | "Redo"} [verb] */
export function toast(text, back, verb = "Undo") {
  let place = /** @type {HTMLElement | null} */ (document.querySelector(".toast"));
  if (!place) {
    place = document.createElement("div");
    place.className = "toast";
  }
  // what lies over the page would hide it
  const top = document.querySelector("dialog.lightbox[open]") ?? document.body;
  if (place.parentElement !== top) top.append(place);
  const words = document.createElement("span");
  words.textContent = text;
  place.replaceChildren(words);
  if (back) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button lined";
    button.textContent = verb;
    button.title = verb === "Undo" ? "Undo the latest change (Ctrl+Z)" : "Redo (Ctrl+Y)";
    button.addEventListener("click", back);
    place.append(button);
  }
  place.hidden = false;
  say(text);
  clearTimeout(timer);
  timer = setTimeout(() => { if (place) place.hidden = true; }, SHOWN_MS);
}

/** Take what is told away: something else is. */
export function hush() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector(".toast"));
  clearTimeout(timer);
  if (place) place.hidden = true;
}

bind([
  { keys: ["Ctrl+z"], label: "Undo", group: "Everywhere", run: () => void undo() },
  { keys: ["Ctrl+Z", "Ctrl+y"], label: "Redo", group: "Everywhere", run: () => void redo() },
]);

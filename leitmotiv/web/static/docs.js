// The interface, described: narrowing the list, and asking an address from the page itself.

import { say } from "./frame.js";
import { bind } from "./keys.js";

const narrow = /** @type {HTMLInputElement | null} */ (document.querySelector("#narrow"));
const operations = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll(".operation")]);

narrow?.addEventListener("input", () => {
  const words = narrow.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const one of operations) {
    const text = (one.dataset.text ?? "").toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
    if (!one.hidden) shown += 1;
  }
  for (const section of document.querySelectorAll(".operations > section"))
    if (section.querySelector(".operation")) section.toggleAttribute("hidden", !section.querySelector(".operation:not([hidden])"));
  say(`${shown} addresses`);
});

/** Open what the address points at. */
function open() {
  const place = location.hash && document.getElementById(location.hash.slice(1));
  if (place instanceof HTMLDetailsElement) place.open = true;
}
addEventListener("hashchange", open);
open();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.path) return;
  event.preventDefault();
  const place = /** @type {HTMLElement} */ (form.querySelector(".answer"));
  let path = form.dataset.path;
  const query = new URLSearchParams();
  /** @type {string | undefined} */
  let body;
  for (const field of /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */ (form.querySelectorAll("[data-in]"))) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.in === "body") body = field.value;
    else if (field.value) query.set(field.name, field.value);
  }
  const address = query.size ? `${path}?${query}` : path;
  const method = form.dataset.method ?? "GET";
  const answer = await fetch(address, { method, body, headers: method === "GET" ? {} : { "Content-Type": "application/json" } }).catch(() => null);
  place.hidden = false;
  if (!answer) {
    place.textContent = "The server does not answer.";
    return;
  }
  const text = await answer.text();
  const shown = (answer.headers.get("Content-Type") ?? "").includes("json") && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
  place.textContent = `${method} ${address}\n${answer.status} ${answer.statusText}\n\n${shown.length > 20000 ? `${shown.slice(0, 20000)}\n…` : shown}`;
  say(`answered ${answer.status}`);
});

bind([{ keys: ["n"], label: "Narrow the list", group: "Interface", run: () => narrow?.focus() }]);

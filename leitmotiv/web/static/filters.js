// Filters of the page of pictures: the panel with counts, and the free line with completion.

import { bind } from "./keys.js";

/** @typedef {{value: string, text: string, count: number, chosen: boolean, line: string}} Value */
/** @typedef {{name: string, title: string, values: Value[], more: number}} Facet */

const panel = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-panel]"));
const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-facets]"));
const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#line"));
const { query: asked = "", fault } = /** @type {HTMLElement | null} */ (document.querySelector("#grid"))?.dataset ?? {};
/** What the panel counts under: everything, where the line cannot be read. */
const query = fault === undefined ? asked : "";

/** @param {string} line @param {number} [most] @returns {Promise<Facet[]>} */
async function ask(line, most) {
  const wanted = new URLSearchParams({ q: line, ...(most ? { most: String(most) } : {}) });
  const answer = await fetch(`/api/v1/facets?${wanted}`);
  return answer.ok ? (await answer.json()).facets : [];
}

/** The address of this page with another line. @param {string} line */
function address(line) {
  const url = new URL(location.href);
  for (const name of ["start", "from"]) url.searchParams.delete(name);
  if (line) url.searchParams.set("q", line);
  else url.searchParams.delete("q");
  return `${url.pathname}${url.search}`;
}

// ---- the panel ----
/** @param {Facet} facet @param {boolean} [whole] */
function section(facet, whole = false) {
  const part = document.createElement("section");
  const title = document.createElement("h3");
  const list = document.createElement("ul");
  title.textContent = facet.title;
  for (const { text, count, chosen, line } of facet.values) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const number = document.createElement("span");
    link.href = address(line);
    if (chosen) link.setAttribute("aria-current", "true");
    link.append(text);
    number.className = "number hint";
    number.textContent = count.toLocaleString("en");
    link.append(number);
    item.append(link);
    list.append(item);
  }
  part.append(title, list);
  if (facet.more && !whole) {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.textContent = `${facet.more.toLocaleString("en")} more`;
    more.addEventListener("click", async () => {
      const all = (await ask(query, 500)).find((one) => one.name === facet.name);
      if (all) part.replaceWith(section(all, true));
    });
    part.append(more);
  }
  return part;
}
let filled = false;
if (panel && fault !== undefined) panel.open = true;
panel?.addEventListener("toggle", async () => {
  if (!panel.open) return;
  field?.focus();
  if (filled || !place) return;
  filled = true;
  const found = await ask(query);
  place.replaceChildren(...found.map((facet) => section(facet)));
});

// ---- completion of the line ----
/** @type {Facet[] | null} */
let known = null;
const offers = document.createElement("ul");
offers.id = "offers";
offers.className = "offers";
offers.setAttribute("role", "listbox");
offers.setAttribute("aria-label", "completions");
offers.hidden = true;
let at = -1;
if (field) {
  field.after(offers);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", "offers");
  field.setAttribute("aria-autocomplete", "list");
  field.addEventListener("focus", async () => { known ??= await ask("", 500); });
  field.addEventListener("input", () => offer());
  field.addEventListener("keydown", (event) => step(event));
  field.addEventListener("blur", () => setTimeout(close, 150));
}

/** The part of the line that is being written: what stands before the caret since the last space outside of quotes. */
function written() {
  const before = (field?.value ?? "").slice(0, field?.selectionStart ?? 0);
  const found = /(?:^|\s)(-?)((?:"[^"]*"|[^\s"])*(?:"[^"]*)?)$/.exec(before);
  return found ? found[2] : "";
}

/** @returns {{text: string, hint: string, whole: string}[]} */
function completions() {
  const part = written();
  const [, name, value] = /^("[^"]+"|[^:"]+):(.*)$/s.exec(part) ?? [];
  if (!known || (!part && !field?.value)) return (known ?? []).map((one) => ({ text: `${one.name}:`, hint: one.title, whole: `${one.name}:` }));
  if (name === undefined) {
    return known.filter((one) => one.name.toLowerCase().startsWith(part.toLowerCase())).map((one) => ({ text: `${one.name}:`, hint: one.title, whole: `${one.name}:` }));
  }
  const last = value.slice(value.lastIndexOf(",") + 1).replaceAll('"', "").toLowerCase();
  const kept = value.slice(0, value.lastIndexOf(",") + 1);
  const facet = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return (facet?.values ?? [])
    .filter((one) => one.value.toLowerCase().includes(last) || one.text.toLowerCase().includes(last))
    .slice(0, 9)
    .map((one) => ({ text: one.text, hint: one.count.toLocaleString("en"), whole: `${name}:${kept}${/[\s,]/.test(one.value) ? `"${one.value}"` : one.value} ` }));
}

function offer() {
  const found = completions();
  at = -1;
  offers.replaceChildren(...found.map((one, number) => {
    const item = document.createElement("li");
    const hint = document.createElement("span");
    item.id = `offer-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.whole = one.whole;
    item.append(one.text);
    hint.className = "hint";
    hint.textContent = one.hint;
    item.append(hint);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(item); });
    return item;
  }));
  offers.hidden = !found.length;
  field?.setAttribute("aria-expanded", String(found.length > 0));
  field?.removeAttribute("aria-activedescendant");
}
function close() {
  offers.hidden = true;
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
  at = -1;
}

/** @param {HTMLElement} item */
function take(item) {
  if (!field) return;
  const end = field.selectionStart ?? field.value.length;
  const start = end - written().length;
  const whole = item.dataset.whole ?? "";
  field.value = field.value.slice(0, start) + whole + field.value.slice(end).trimStart();
  field.setSelectionRange(start + whole.length, start + whole.length);
  offer();
}

/** @param {KeyboardEvent} event */
function step(event) {
  const items = /** @type {HTMLElement[]} */ ([...offers.children]);
  if (event.key === "Escape" && !offers.hidden) {
    close();
    event.preventDefault();
    event.stopPropagation();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (items.length || event.key === "ArrowDown")) {
    event.preventDefault();
    if (offers.hidden) { offer(); return; }
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    items[at].scrollIntoView({ block: "nearest" });
    field?.setAttribute("aria-activedescendant", items[at].id);
  } else if ((event.key === "Tab" || event.key === "Enter") && !offers.hidden && at >= 0) {
    event.preventDefault();
    take(items[at]);
  }
}

bind([{
  keys: ["e"], label: "Filter", group: "Pictures",
  run: () => {
    if (!panel) return false;
    panel.open = true;
  },
}]);

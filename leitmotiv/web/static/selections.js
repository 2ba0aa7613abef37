// Selections: renamed and removed in place; Ctrl+Z brings back what was there.

import { change, changed } from "./changes.js";

changed(() => setTimeout(() => location.reload(), 600));

/** @param {string} id */
async function form(id) {
  const { selections } = await (await fetch("/api/v1/selections")).json();
  return selections.find((/** @type {{id: number}} */ one) => String(one.id) === id);
}

for (const card of document.querySelectorAll("[data-selection]")) {
  if (!(card instanceof HTMLElement)) continue;
  const id = card.dataset.selection ?? "";
  const link = /** @type {HTMLElement} */ (card.querySelector("[data-name]"));
  card.querySelector("[data-remove]")?.addEventListener("click", () => {
    change(`/api/v1/selections/${id}`, "DELETE", undefined, `Removed: ${link.textContent}`).then(() => card.remove()).catch(() => {});
  });
  card.querySelector("[data-rename]")?.addEventListener("click", () => {
    if (card.querySelector("form")) return;
    const edit = document.createElement("form");
    const field = document.createElement("input");
    const ok = document.createElement("button");
    field.name = "name";
    field.value = link.textContent ?? "";
    field.required = true;
    field.maxLength = 120;
    field.setAttribute("aria-label", "New name");
    ok.className = "button lined";
    ok.textContent = "Rename";
    edit.append(field, ok);
    edit.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      edit.remove();
      /** @type {HTMLElement} */ (card.querySelector("[data-rename]")).focus();
    });
    edit.addEventListener("submit", async (event) => {
      event.preventDefault();
      const old = await form(id);
      if (!old) return;
      const body = { name: field.value, ...(old.ids ? { ids: old.ids } : { query: old.query }) };
      await change(`/api/v1/selections/${id}`, "PUT", body, `Renamed to ${field.value}`).catch(() => {});
    });
    card.querySelector(".acts")?.before(edit);
    field.focus();
    field.select();
  });
}

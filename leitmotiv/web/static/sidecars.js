// Sidecars beside the photos: first a preview of what would happen, then a button that does just that.

import { change, toast } from "./changes.js";

const wishes = /** @type {HTMLElement} */ (document.querySelector(".wishes"));

/** @param {number} count @param {string} one */
const counted = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** @param {HTMLElement} place @param {string} text @param {string} [label] @param {() => void} [act] */
function tell(place, text, label, act) {
  const words = document.createElement("span");
  words.textContent = text;
  place.replaceChildren(words);
  place.hidden = false;
  if (!label || !act) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button main";
  button.textContent = label;
  button.addEventListener("click", () => { button.disabled = true; act(); });
  place.append(button);
  button.focus();
}

/** @param {HTMLElement} place @param {{path: string, action?: string, reason?: string}[]} rows */
function list(place, rows) {
  if (!rows.length) return;
  const all = document.createElement("ul");
  all.className = "mono";
  all.tabIndex = 0;
  all.ariaLabel = "files";
  for (const row of rows) {
    const line = document.createElement("li");
    const action = document.createElement("b");
    action.textContent = row.action ?? "failed";
    const path = document.createElement("span");
    path.textContent = row.reason ? `${row.path}: ${row.reason}` : row.path;
    line.append(action, path);
    all.append(line);
  }
  place.append(all);
}

/** @param {HTMLElement} place */
async function read(place) {
  const wish = { q: wishes.dataset.q ?? "" };
  const seen = await change("/api/v1/sidecars/read", "POST", wish);
  /** @param {any} one */
  const both = (one) => [one.changed || !one.keywords ? counted(one.changed, "rating") : "", one.keywords ? `keywords of ${counted(one.keywords, "picture")}` : ""].filter(Boolean).join(" and ");
  const text = `${counted(seen.found, "sidecar")} with a rating; ${both(seen)} would change.`;
  if (!seen.changed && !seen.keywords) tell(place, text);
  else {
    tell(place, text, `Take ${both(seen)} over`, async () => {
      const done = await change("/api/v1/sidecars/read", "POST", { ...wish, confirm: true }, `Taken over: ${both(seen)}`).catch(() => null);
      tell(place, done ? `Taken over: ${both(done)}.` : "Nothing was changed.");
    });
  }
  list(place, seen.failed);
}

/** @param {HTMLElement} place @param {HTMLFormElement} form */
async function write(place, form) {
  const values = new FormData(form);
  const wish = { q: wishes.dataset.q ?? "", naming: String(values.get("naming")), trends: values.has("trends") };
  const seen = await change("/api/v1/sidecars/write", "POST", wish);
  const files = seen.new + seen.changed;
  const text = `${counted(seen.new, "new file")}, ${seen.changed.toLocaleString("en")} changed, ${seen.same.toLocaleString("en")} as they are${seen.failed ? `, ${seen.failed.toLocaleString("en")} that cannot be` : ""}.`;
  if (!files) tell(place, `${text} Nothing to write.`);
  else {
    tell(place, text, `Write ${counted(files, "file")} beside the photos`, async () => {
      const done = await change("/api/v1/sidecars/write", "POST", { ...wish, confirm: seen.plan }).catch(() => null);
      tell(place, done ? `${counted(done.new + done.changed, "file")} written${done.failed ? `, ${done.failed} failed` : ""}.` : "Nothing was written.");
      if (done) toast(`${counted(done.new + done.changed, "sidecar")} written`);
      if (done) list(place, done.sidecars.filter((/** @type {{action: string}} */ one) => one.action === "failed"));
    });
  }
  list(place, seen.sidecars);
}

for (const form of document.querySelectorAll("form[data-sidecars]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(form instanceof HTMLFormElement)) return;
    const place = /** @type {HTMLElement} */ (form.querySelector("[data-outcome]"));
    try {
      await (form.dataset.sidecars === "read" ? read(place) : write(place, form));
    } catch { place.hidden = true; }
  });
}

// The critic's page: learning from one's own stars, and why a picture has its score.

import { change, toast } from "./changes.js";

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-learn]"))) button.addEventListener("click", async () => {
  button.disabled = true;
  toast("Learning from your stars …");
  try {
    const card = await change("/api/v1/critics", "POST", { sets: ["stars"], name: "stars" });
    location.href = `/critic?critic=${encodeURIComponent(card.name)}`;
  } catch {
    button.disabled = false; // the toast says why
  }
});

document.querySelector("[data-measure]")?.addEventListener("click", async () => {
  await change("/api/v1/jobs", "POST", { kind: "measures" });
  location.href = "/jobs";
});

const why = /** @type {HTMLElement | null} */ (document.querySelector("[data-reasons]"));
const rows = why?.querySelector("[data-moved]");
if (why && rows) {
  const asked = new URLSearchParams({ critic: why.dataset.critic ?? "" });
  const answer = await fetch(`/api/v1/images/${why.dataset.reasons}/reasons?${asked}`);
  const found = answer.ok ? (await answer.json()).moved : [];
  for (const { what, by } of found) {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = what;
    const number = document.createElement("td");
    number.className = "number";
    number.textContent = `${by > 0 ? "+" : "−"}${Math.abs(by).toFixed(1)}`;
    row.append(name, number);
    rows.append(row);
  }
  const hint = why.querySelector("[data-moved-hint]");
  if (hint && !found.length) hint.textContent = "Nothing moves the score much: it is an ordinary picture.";
}

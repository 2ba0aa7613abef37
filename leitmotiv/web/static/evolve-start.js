// The beginning of an evolution: what, by whom, how long; then its own page.

import { change } from "./changes.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-start]"));
const pictures = /** @type {HTMLElement | null} */ (document.querySelector("[data-pictures]"));

/** Which pictures is asked only where they matter. */
function ask() {
  const design = form && new FormData(form).get("design");
  if (pictures) pictures.hidden = !["crop", "collage"].includes(String(design));
}

form?.addEventListener("change", ask);
ask();

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = new FormData(form);
  const rounds = Number(said.get("rounds"));
  const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
  /** @type {Record<string, unknown>} */
  const asked = { design: said.get("design"), critic: said.get("critic"), rounds, batch: Number(said.get("batch")), seed: Number(said.get("seed")) };
  asked.go = button?.value === "all" ? rounds : 1;
  if (pictures && !pictures.hidden && said.get("q")) asked.q = said.get("q");
  const buttons = form.querySelectorAll("button");
  for (const one of buttons) one.disabled = true;
  try {
    const run = await change("/api/v1/evolutions", "POST", asked);
    location.assign(`/evolve/${run.id}`);
  } catch {
    for (const one of buttons) one.disabled = false; // the toast says why
  }
});

// An earlier run is removed when that was confirmed: there is no way back.
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-remove]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  if (!confirm("Remove this evolution with all its designs and your choices in it? It does not come back.")) return;
  button.disabled = true;
  await change(`/api/v1/evolutions/${button.dataset.remove}`, "DELETE", {}).then(() => location.reload(), () => { button.disabled = false; });
});

// New eyes: what the form holds is sent as it stands; a network is trained by a job.

import { escape } from "./tiles.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-new]"));
const make = /** @type {HTMLButtonElement} */ (form.querySelector("[data-make]"));
const fault = /** @type {HTMLElement} */ (form.querySelector("[data-fault]"));

/** What they are shown, as the interface takes it. @param {FormData} values */
function partial(values) {
  const number = (/** @type {string} */ name) => Number(values.get(name));
  return {
    kind: String(values.get("kind")), low: number("low"), high: number("high"), regions: number("regions"),
    colours: String(values.get("colours")), size: number("blur") / 100,
  };
}

make.addEventListener("click", async () => {
  if (!form.reportValidity()) return;
  const values = new FormData(form);
  const way = String(values.get("way"));
  const [query, name, side] = [String(values.get("q")), String(values.get("name")), Number(values.get("side"))];
  make.disabled = true;
  fault.hidden = true;
  const [address, asked] = way === "network"
    ? ["/api/v1/jobs", { kind: "eyes", parameters: { query, name, partial: partial(values), side, width: Number(values.get("width")), minutes: Number(values.get("minutes")), loss: String(values.get("loss")), start_from: String(values.get("start_from") ?? "") } }]
    // colours are taken of the whole picture: what is shown has its own colours moved
    : ["/api/v1/eyes", { query, name, way, side, ...(way === "palette" ? {} : { partial: partial(values) }) }];
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(asked) }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) { location.href = way === "network" ? `/eyes?job=${told.id}` : `/eyes/${told.id}`; return; }
  fault.textContent = told?.detail ?? "The server did not answer. Is it still running?";
  fault.hidden = false;
  make.disabled = false;
});

/** Networks have fewer sizes: the others are not offered for them. */
function fit() {
  const sides = /** @type {HTMLSelectElement} */ (form.elements.namedItem("side"));
  const trained = new FormData(form).get("way") === "network";
  for (const one of sides.options) one.hidden = one.disabled = trained && !("trained" in one.dataset);
  if (sides.selectedOptions[0]?.disabled ?? true) sides.value = "64";
}
form.addEventListener("change", fit);
fit();
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

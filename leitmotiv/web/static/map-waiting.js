// Before there is a map: has it laid out where that is possible, says how far it is, and opens it when it stands.

import { follow } from "./status.js";

const place = /** @type {HTMLElement} */ (document.querySelector("[data-wait-map]"));
const going = /** @type {HTMLElement} */ (document.querySelector("[data-map-going]"));

const by = place.dataset.by ?? "";
if (place.dataset.waitMap === "unplaced") {
  fetch("/api/v1/map/layout", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(by ? { by } : {}) }).catch(() => {});
}
let busy = false;
follow((status) => {
  const job = status.jobs.find((one) => one.state === "running");
  going.textContent = job ? `${job.phase}: ${job.text}` : "";
  if (busy && !job) location.reload();
  busy = job !== undefined;
});
async function look() {
  const answer = await fetch(by ? `/api/v1/map?by=${by}` : "/api/v1/map").catch(() => null);
  if (answer?.ok) location.reload();
  else setTimeout(look, 2500);
}
setTimeout(look, 2500);

// Before anybody looked at what pictures show: has it begun, says how far it is, and opens the page when it is done.

import { change } from "./changes.js";
import { follow } from "./status.js";

const asked = /** @type {HTMLElement} */ (document.querySelector("[data-unseen]")).dataset.unseen ?? "{}";
const going = document.querySelector("[data-unseen-going], [data-going]");
let begun = document.querySelector("[data-going]") !== null;

if (!begun) change("/api/v1/jobs", "POST", JSON.parse(asked)).then(() => { begun = true; }, () => {});
let busy = false;
follow((status) => {
  const job = status.jobs.find((one) => one.state === "running" || one.state === "queued");
  if (going && job) going.textContent = `${job.phase}: ${job.text}`;
  if (busy && begun && !job) location.reload();
  busy = job !== undefined;
});

// A button that has found what a page lacks; the page comes anew when that is done.

import { change } from "./changes.js";
import { follow } from "./status.js";

const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-begin]"));
let begun = false;
let busy = false;

button?.addEventListener("click", async () => {
  button.disabled = true;
  const kept = await change("/api/v1/jobs", "POST", { kind: button.dataset.begin, parameters: {} }).catch(() => null);
  begun = kept !== null;
  if (begun) button.textContent = "Beginning…";
  else button.disabled = false;
});
follow((status) => {
  const job = status.jobs.find((one) => one.state === "running" || one.state === "queued");
  if (button && begun && job) button.textContent = `${job.phase}: ${job.text}`;
  if (busy && begun && !job) location.reload();
  busy = job !== undefined;
});

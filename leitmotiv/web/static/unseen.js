// What a page needs first is begun as it opens: it says how far that is, and opens by itself when it is done.

import { change } from "./changes.js";
import { follow } from "./status.js";

const asked = /** @type {HTMLElement} */ (document.querySelector("[data-unseen]")).dataset.unseen ?? "{}";
const going = document.querySelector("[data-unseen-going], [data-going]");
/** @type {number | null} the job that was begun here; null while another one, which was there before, is waited for */
let own = null;
const WORKS = ["queued", "running", "paused"];
let busy = false;

/** Tell that it came to nothing, and begin again only if somebody wants it. @param {string} text */
function ended(text) {
  if (!going) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button lined";
  again.textContent = "Begin again";
  again.addEventListener("click", () => location.reload());
  going.replaceChildren(`${text} `, again);
}

async function begin() {
  const job = await change("/api/v1/jobs", "POST", JSON.parse(asked)).catch((error) => ended(error.message));
  own = job?.id ?? null;
}
const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-unseen-begin]"));
button?.addEventListener("click", () => {
  button.disabled = true;
  void begin();
});
if (!button && !document.querySelector("[data-going]")) void begin();

follow(async (status) => {
  const mine = status.jobs.find((one) => (own === null ? WORKS.includes(one.state) : one.id === own));
  if (mine && WORKS.includes(mine.state)) {
    // the phase of a job that was there before stands beside it already
    if (going) going.textContent = going.hasAttribute("data-going") ? mine.text : `${mine.phase}: ${mine.text}`;
    busy = true;
  } else if (own !== null) {
    // what is told of may be older than the job: only the job itself says how it ended
    const last = await fetch(`/api/v1/jobs/${own}`).then((answer) => (answer.ok ? answer.json() : null), () => null);
    if (last?.state === "done") location.reload();
    else if (last && !WORKS.includes(last.state)) ended(last.state === "failed" ? last.message || "It failed." : "It was stopped.");
  } else if (busy) location.reload();
});

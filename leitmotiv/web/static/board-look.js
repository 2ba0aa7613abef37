// Before the network has looked at the pictures of the library: a button has it look, and tells how far it is. Who wants the
// board trained then says so to the job, which does it: the page may be loaded anew meanwhile, or closed.

import { change, toast } from "./changes.js";
import { follow } from "./status.js";

const KIND = "activations";
const PHASE = "Seeing what pictures show";

/**
 * @param {HTMLElement} root
 * @param {() => number | null} trained  the board that can be trained when all is seen
 * @param {() => Promise<void>} refresh  draws the board anew
 * @returns {() => boolean}  begins, or waits, where there is something to look at first
 */
export function looking(root, trained, refresh) {
  /** What is waited for: a look that nobody asked for yet ("lacking"), one that goes on, or one after which it is trained. */
  const place = () => /** @type {HTMLElement | null} */ (root.querySelector("[data-lacking]"));
  const waits = () => place()?.dataset.lacking ?? "";
  let busy = false;

  /** @param {string} text */
  function tell(text) {
    const told = place()?.querySelector("[data-looking]");
    if (told) told.textContent = text;
  }
  async function look() {
    if (busy || waits() === "wished") return;
    busy = true;
    const button = /** @type {HTMLButtonElement | null} */ (place()?.querySelector("[data-do-look]") ?? null);
    if (button) button.disabled = true;
    tell("Waiting for its turn…");
    const board = trained();
    const job = await change("/api/v1/jobs", "POST", { kind: KIND, parameters: board === null ? {} : { train: board } }).catch(() => null);
    if (job) await refresh();
    else if (button) button.disabled = false;
    busy = false;
    tell(job ? "Waiting for its turn…" : "");
  }
  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-do-look]")) void look();
  });

  follow(async (status) => {
    if (!place() || busy) return;
    const live = status.jobs.filter((one) => (/** @type {any} */ (one).kind === KIND || one.phase === PHASE) && ["running", "queued", "paused"].includes(one.state));
    const job = live.find((one) => one.state === "running") ?? live[0];
    if (job && waits() !== "lacking") return tell(`${job.phase || PHASE}: ${job.text}`);
    if (!job && waits() === "lacking") return;
    // begun elsewhere, or ended
    const wished = waits() === "wished";
    busy = true;
    await refresh();
    busy = false;
    const failed = waits() === "lacking" || (!place() && wished && root.querySelector("[data-stale]")?.textContent);
    if (wished && failed) toast("The board was not trained. The page of jobs says why.");
  });

  return () => {
    if (!place()) return false;
    void look();
    return true;
  };
}

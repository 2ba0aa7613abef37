// Before the network has looked at the pictures of the library: a button has it look, tells how far it is, and goes on to train.

import { change, toast } from "./changes.js";
import { follow } from "./status.js";

const KIND = "activations";
/** After a job was asked for, so long at most until it shows among those that live. */
const SOON_MS = 5000;

/**
 * @param {HTMLElement} root
 * @param {string} board
 * @param {() => Promise<void>} refresh  draws the board anew
 * @param {() => void} train
 * @returns {() => boolean}  begins, where there is something to look at first
 */
export function looking(root, board, refresh, train) {
  const key = `leitmotiv-look-${board}`;
  const place = () => /** @type {HTMLElement | null} */ (root.querySelector("[data-lacking]"));
  let seen = false;
  let ending = false;
  let begun = 0;

  /** @param {string} text */
  function tell(text) {
    const told = place()?.querySelector("[data-looking]");
    if (told) told.textContent = text;
  }
  async function look() {
    const button = /** @type {HTMLButtonElement | null} */ (place()?.querySelector("[data-do-look]") ?? null);
    if (button) button.disabled = true;
    // remembered, so that it goes on to train after a look at another page, too
    sessionStorage.setItem(key, "1");
    tell("Waiting for its turn…");
    begun = performance.now();
    const job = await change("/api/v1/jobs", "POST", { kind: KIND }).catch(() => null);
    if (job || !button) return;
    sessionStorage.removeItem(key);
    button.disabled = false;
    tell("");
  }
  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-do-look]")) void look();
  });

  follow(async (status) => {
    if (!place() || ending) return;
    const job = status.jobs.find((one) => /** @type {any} */ (one).kind === KIND && ["running", "queued", "paused"].includes(one.state));
    if (job) {
      seen = true;
      const button = /** @type {HTMLButtonElement | null} */ (place()?.querySelector("[data-do-look]") ?? null);
      if (button) button.disabled = true;
      return tell(`${job.phase || "Seeing what pictures show"}: ${job.text}`);
    }
    const wanted = sessionStorage.getItem(key) !== null;
    if (!seen && !(wanted && performance.now() - begun > SOON_MS)) return;
    seen = false;
    ending = true;
    await refresh();
    ending = false;
    sessionStorage.removeItem(key);
    if (place()) {
      if (wanted) toast("The network has not looked at the pictures to the end. The page of jobs says why.");
    } else if (wanted) train();
  });

  return () => {
    if (!place()) return false;
    if (!sessionStorage.getItem(key)) void look();
    return true;
  };
}

// Jobs: the numbers of what runs follow by themselves; buttons and keys pause, go on, cancel and do again.

import { change } from "./changes.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";
import { follow } from "./status.js";

const isLive = (/** @type {{state: string}} */ job) => ["running", "queued", "paused"].includes(job.state);
/** @param {import("./status.js").Job[]} jobs */
const signature = (jobs) => jobs.filter(isLive).map((job) => `${job.id}:${job.state}`).sort().join(" ");
const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".job")]);

let drawn = rows().filter((row) => !row.classList.contains("gone")).map((row) => `${row.dataset.job}:${row.dataset.state}`).sort().join(" ");
let tenth = -1;
let drawing = false;

/** Draw the page again, with the focus where it was. */
async function draw() {
  if (drawing) return;
  drawing = true;
  const answer = await fetch("/jobs").catch(() => null);
  if (answer?.ok) {
    const held = document.activeElement?.closest(".job");
    const job = held instanceof HTMLElement ? held.dataset.job : undefined;
    const act = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    document.querySelector("main")?.replaceChildren(...(fresh ? [...fresh.childNodes].map((node) => document.adoptNode(node)) : []));
    const row = job && /** @type {HTMLElement | null} */ (document.querySelector(`[data-job="${job}"]`));
    if (row) (/** @type {HTMLElement | null} */ (act && row.querySelector(`[data-act="${act}"]`)) ?? row).focus();
  }
  drawing = false;
}

follow(async (status) => {
  const now = signature(status.jobs);
  if (now !== drawn && !drawing) {
    await draw();
    drawn = now;
    if (!now) say("Nothing runs now");
  }
  for (const job of status.jobs.filter(isLive)) {
    const row = document.querySelector(`[data-job="${job.id}"]`);
    if (!row) continue;
    const percent = job.total ? Math.min(100, Math.floor((100 * job.done) / job.total)) : 0;
    const set = (/** @type {string} */ name, /** @type {string} */ text) => { const place = row.querySelector(name); if (place) place.textContent = text; };
    const bar = row.querySelector("progress");
    if (bar) bar.value = percent;
    set("[data-percent]", `${percent} %`);
    set("[data-progress]", job.text);
    set("[data-now]", job.message);
    if (job.phase) set("[data-phase]", job.phase);
    set("[data-n]", job.failures.toLocaleString("en"));
    row.querySelector("[data-failures]")?.toggleAttribute("hidden", !job.failures);
    if (job.state === "running" && Math.floor(percent / 10) !== tenth) {
      tenth = Math.floor(percent / 10);
      say(`${job.phase}: ${percent} %`);
    }
  }
});

const WORDS = { pause: "Rests after what is in hand", resume: "Goes on", cancel: "Cancelled; what is finished is kept", retry: "Put into the queue again" };

/** @param {string} number @param {keyof typeof WORDS} verb */
async function act(number, verb) {
  const job = await change(`/api/v1/jobs/${number}/${verb}`, "POST").catch(() => null);
  if (!job) return;
  say(WORDS[verb]);
  await draw();
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-act], [data-start]")) : null;
  if (!button) return;
  const number = /** @type {HTMLElement | null} */ (button.closest(".job"))?.dataset.job;
  if (button.dataset.act && number) await act(number, /** @type {keyof typeof WORDS} */ (button.dataset.act));
  if (button.dataset.start) {
    const body = { kind: button.dataset.start, parameters: button.dataset.again === undefined ? {} : { again: true } };
    if (await change("/api/v1/jobs", "POST", body).catch(() => null)) {
      say("Put into the queue");
      await draw();
    }
  }
});

/** The row with the focus; the first one that lives where none has it. */
function current() {
  const held = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".job") ?? null);
  return held ?? rows().find((row) => !row.classList.contains("gone")) ?? null;
}

/** @param {...keyof typeof WORDS} verbs */
function press(...verbs) {
  const row = current();
  for (const verb of verbs) {
    if (row?.dataset.job && row.querySelector(`[data-act="${verb}"]`)) {
      void act(row.dataset.job, verb);
      return true;
    }
  }
  return false;
}

/** @param {number} step */
function move(step) {
  const all = rows();
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement?.closest(".job")));
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
  next?.focus();
  return Boolean(next);
}

bind([
  { keys: ["j", "ArrowDown"], label: "Next job", group: "Jobs", run: () => move(1) },
  { keys: ["k", "ArrowUp"], label: "Job before", group: "Jobs", run: () => move(-1) },
  { keys: ["p"], label: "Pause, go on", group: "Jobs", run: () => press("pause", "resume") },
  { keys: ["r"], label: "Do again", group: "Jobs", run: () => press("retry") },
  { keys: ["Delete"], label: "Cancel", group: "Jobs", run: () => press("cancel") },
]);

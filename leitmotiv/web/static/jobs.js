// Jobs: the numbers of what runs follow the interface each second; when jobs begin or end, the page is drawn again.

import { say } from "./frame.js";
import { follow } from "./status.js";

const isLive = (/** @type {{state: string}} */ job) => job.state === "running" || job.state === "queued";
/** @param {import("./status.js").Job[]} jobs */
const signature = (jobs) => jobs.filter(isLive).map((job) => `${job.id}:${job.state}`).join(" ");

/** @type {string} */
let drawn = [...document.querySelectorAll('.job:not(.gone)')].map((one) => /** @type {HTMLElement} */ (one)).map((one) => `${one.dataset.job}:${one.dataset.state}`).join(" ");
let tenth = -1;
let drawing = false;

follow(async (status) => {
  const now = signature(status.jobs);
  if (now !== drawn && !drawing) {
    drawing = true;
    const answer = await fetch("/jobs").catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main");
      document.querySelector("main")?.replaceChildren(...(fresh ? [...fresh.childNodes].map((node) => document.adoptNode(node)) : []));
      drawn = now;
      if (!now) say("Nothing runs now");
    }
    drawing = false;
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

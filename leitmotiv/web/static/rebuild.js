// Fewer or more trends, found anew by a job; the slider above only joins and parts those there are.

import { change, toast } from "./changes.js";
import { say } from "./frame.js";

const ADDRESS = "/api/v1/clusters/rebuild";
const LOOK_MS = 700;
const WORDS = {
  fewer: ["Fewer", "Find about two thirds as many trends. Later pictures keep to it."],
  more: ["More", "Find about one and a half times as many trends. Later pictures keep to it."],
  default: ["As usual", "Find the usual trends again."],
};

/** @typedef {{ groups: keyof typeof WORDS, count: number, usual: number, stamp: number }} Standing */

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-rebuild]"));

/** @returns {Promise<Standing | null>} null while there are no trends */
async function standing() {
  const answer = await fetch(ADDRESS, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** @param {Standing} now */
function draw(now) {
  if (!place) return;
  const lead = document.createElement("span");
  lead.className = "hint";
  lead.textContent = now.groups === "default" ? "Find anew:" : `Find anew (${now.groups} than the usual ${now.usual.toLocaleString("en")}):`;
  const buttons = /** @type {(keyof typeof WORDS)[]} */ (Object.keys(WORDS))
    .filter((groups) => groups !== "default" || now.groups !== "default")
    .map((groups) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button lined";
      [button.textContent, button.title] = WORDS[groups];
      button.addEventListener("click", () => void find(groups, now));
      return button;
    });
  place.replaceChildren(lead, ...buttons);
  place.hidden = false;
}

/** @param {keyof typeof WORDS} groups @param {Standing} before */
async function find(groups, before) {
  const buttons = place?.querySelectorAll("button") ?? [];
  for (const button of buttons) button.disabled = true;
  const job = await change(ADDRESS, "POST", { groups }).catch(() => null);
  if (job) say("Finding trends …");
  if (place && job) place.querySelector(".hint")?.replaceChildren("Finding trends …");
  for (let live = Boolean(job); live; ) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const [now, { jobs }] = await Promise.all([standing(), fetch("/api/v1/jobs?limit=50").then((answer) => answer.json())]);
    if (now && now.stamp !== before.stamp) return void location.assign("/clusters");
    const own = jobs.find((/** @type {{ id: number }} */ one) => one.id === job.id);
    live = !own || ["queued", "running", "paused"].includes(own.state);
    if (!live && own) toast(own.state === "done" ? "The trends stay as they are." : own.message || "The trends were not found anew.");
  }
  draw((await standing()) ?? before);
}

if (place) void standing().then((now) => now && draw(now));

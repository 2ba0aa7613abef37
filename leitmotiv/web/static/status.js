// What the library is doing: told by a stream of events, or asked for where there is none; modules listen with `follow`.

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {string} state
 * @property {string} phase
 * @property {number} done
 * @property {number} total
 * @property {number} rate
 * @property {number | null} remaining
 * @property {string} message
 * @property {number} failures
 * @property {string} wish   what was asked of it while it runs
 * @property {string} text   added here: where it is, in words
 */
/** @typedef {{images: number, indexed: number, clusters: number, stale: boolean, failed: number, jobs: Job[]}} Status */

const BUSY_MS = 1000;
const IDLE_MS = 10000;
const REFUSED_MS = 60000;  // after a refusal, too many listen at once

/** @type {((status: Status) => void)[]} */
const listeners = [];
/** @type {Status | null} */
let latest = null;

/** @param {(status: Status) => void} listener */
export function follow(listener) {
  listeners.push(listener);
  if (latest) listener(latest);
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 1) return "a moment";
  if (seconds < 60) return `about ${Math.round(seconds)}\u202fs`;
  const minutes = seconds / 60;
  if (minutes < 10) {
    const whole = Math.round(seconds / 5) * 5;
    const rest = whole % 60;
    return `about ${Math.floor(whole / 60)}\u202fmin${rest ? ` ${rest}\u202fs` : ""}`;
  }
  return minutes < 90 ? `about ${Math.round(minutes)}\u202fmin` : `about ${(minutes / 60).toFixed(1)}\u202fh`;
}

/** Where a job is, in the words of the server's `progress`. @param {Job} job */
export function progress(job) {
  if (job.state === "queued") return "waiting for its turn";
  if (job.wish === "cancel") return "ending after what is in hand";
  if (job.wish === "pause") return "resting after what is in hand";
  const say = (/** @type {number} */ value) => value.toLocaleString("en");
  if (job.state === "paused") return job.total ? `rests at ${say(job.done)} of ${say(job.total)}` : "rests";
  if (!job.total) return job.done ? say(job.done) : "counting";
  const parts = [`${say(job.done)} of ${say(job.total)}`];
  if (job.rate > 0) parts.push(`${job.rate >= 10 ? say(Math.round(job.rate)) : job.rate.toFixed(1)} a second`);
  parts.push(job.remaining === null ? "estimating" : `${duration(job.remaining)} left`);
  return parts.join(" · ");
}

/** @param {Status} status */
function tell(status) {
  for (const job of status.jobs) job.text = progress(job);
  latest = status;
  for (const listener of listeners) listener(status);
}

// ---- asking: where the stream cannot be had ----
async function ask() {
  let wait = IDLE_MS;
  try {
    if (!document.hidden && !stream) {
      const answer = await fetch("/api/v1/status", { headers: { Accept: "application/json" } });
      if (answer.ok) {
        /** @type {Status} */
        const status = await answer.json();
        tell(status);
        if (status.jobs.some((job) => job.state === "running" || job.state === "queued")) wait = BUSY_MS;
      }
    }
  } catch {
    // the server was stopped: the page stays as it is, and asks again
  }
  if (!stream) timer = setTimeout(ask, wait);
}

// ---- listening: one stream for the tab that is seen, as a browser has few connections for one server ----
/** @type {EventSource | null} */
let stream = null;
let timer = 0;
let refused = 0;

function listen() {
  if (document.hidden || stream || Date.now() < refused) return;
  clearTimeout(timer);
  const opened = new EventSource("/api/v1/jobs/events");
  stream = opened;
  opened.addEventListener("status", (event) => tell(JSON.parse(event.data)));
  opened.addEventListener("error", () => {
    if (opened.readyState !== EventSource.CLOSED || stream !== opened) return;  // it opens the next one by itself
    stream = null;
    refused = Date.now() + REFUSED_MS;
    void ask();
    setTimeout(listen, REFUSED_MS);
  });
}

function hush() {
  stream?.close();
  stream = null;
}

setTimeout(listen, 50);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hush();
  else {
    if (latest) tell(latest);
    listen();
  }
});
addEventListener("pagehide", hush);
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

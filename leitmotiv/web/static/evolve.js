// A run: rounds come in by themselves; designs are chosen by click or key, and the next round is bred from them.

import { change, changed, toast } from "./changes.js";
import { say } from "./frame.js";
import { bind } from "./keys.js";

const LOOK_MS = 700;
const GONE = { gone: true };

const bar = () => /** @type {HTMLElement} */ (document.querySelector("[data-run]"));
const run = () => Number(bar().dataset.run);
const done = () => Number(bar().dataset.done);
const round = () => Number(bar().dataset.round);
const picks = () => /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[data-sheet] .pick")]);
/** The job that is followed; 0 for none. */
let watched = 0;
/** Whether a round is being asked for, and whether the critic is to go on to the end once what is made is there. */
let sending = false, later = false;

/** Draw the page again, with the focus where it was. @param {string} address */
async function draw(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return;
  const held = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const row = held?.closest(".design")?.querySelector("[data-row]")?.getAttribute("data-row");
  const go = held?.dataset.go;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  document.querySelector("main")?.replaceChildren(...(fresh ? [...fresh.childNodes].map((node) => document.adoptNode(node)) : []));
  document.title = page.title;
  if (row) /** @type {HTMLElement | null} */ (document.querySelector(`[data-row="${row}"]`))?.focus({ preventScroll: true });
  else if (go) /** @type {HTMLElement | null} */ (document.querySelector(`[data-go="${go}"]:enabled`))?.focus();
  document.querySelector(".winners")?.scrollTo({ left: 1e6 });
}

/** @param {string} address @returns {Promise<any>} null where there is no answer, `gone` where it is not there any more */
const read = (address) =>
  fetch(address).then((answer) => (answer.ok ? answer.json() : answer.status === 404 ? GONE : null)).catch(() => null);

/** Follow a job until it has done what it was asked to do. @param {number} number */
async function watch(number) {
  const alone = !watched;
  watched = number;
  if (!alone) return; // the loop that runs goes on with the new one
  for (let live = true; live; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (document.hidden) continue;
    const [job, told] = await Promise.all([read(`/api/v1/jobs/${watched}`), read(`/api/v1/evolutions/${run()}?rounds=none`)]);
    if (told === GONE) {
      toast("This evolution was removed.");
      break;
    }
    if (!told) continue;
    const before = watched;
    live = Boolean(job) && ["queued", "running", "paused"].includes(job.state);
    if (told.run.done !== done() || !live) {
      await draw(location.href); // a round before that is looked at stays where it is
      say(`Round ${told.run.done} of ${told.run.rounds}`);
    }
    if (job?.state === "failed") toast(job.message || "The round could not be judged.");
    live ||= watched !== before;
  }
  watched = 0;
  if (!later) return;
  later = false;
  await go("all");
}

/** @param {"next" | "all"} how */
async function go(how) {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector(`[data-go="${how}"]`));
  if (how === "all" && button?.disabled && (sending || watched)) {
    later = true;
    toast("After this round the critic goes on to the end.");
    return true;
  }
  if (!button || button.disabled) return false;
  sending = true;
  for (const one of document.querySelectorAll("[data-go]")) if (one instanceof HTMLButtonElement) one.disabled = true;
  const until = how === "all" ? Number(bar().dataset.rounds) : done() + 1;
  document.querySelector("[data-sheet]")?.classList.add("waiting");
  say(how === "all" ? "Going on to the end" : `Breeding round ${until}`);
  try {
    const job = await change(`/api/v1/evolutions/${run()}/rounds`, "POST", { until });
    if (location.search) history.pushState(null, "", `/evolve/${run()}`);
    await draw(`/evolve/${run()}`);
    void watch(job.id);
  } catch {
    later = false;
    await draw(location.href); // the toast says why
  } finally {
    sending = false;
  }
  return true;
}

/** What was chosen before is sent and drawn first: each choice builds on it. */
let choosing = Promise.resolve();

/** Choose a design, or let it go, after what is under way. @param {HTMLButtonElement} button */
function choose(button) {
  const place = round();
  choosing = choosing.then(() => choice(place, Number(button.dataset.row)));
}

/** Where later rounds are there, a new run goes on from the choice. @param {number} place @param {number} row */
async function choice(place, row) {
  if (place !== round()) return; // another round came meanwhile: what was pressed is no longer there
  const chosen = picks().filter((one) => one.getAttribute("aria-pressed") === "true").map((one) => Number(one.dataset.row));
  const places = chosen.includes(row) ? chosen.filter((one) => one !== row) : [...chosen, row];
  const title = places.includes(row) ? "Chosen: the next round takes after it" : "Let go";
  const now = await change(`/api/v1/evolutions/${run()}/rounds/${place}/picks`, "PUT", { places }, title).catch(() => null);
  if (!now) return;
  if (now.id !== run()) {
    location.assign(`/evolve/${now.id}`);
    await new Promise(() => {}); // the page goes: what was pressed after it was meant for this one
  }
  await draw(location.href);
}

/** @param {number} across @param {number} down */
function move(across, down) {
  const all = picks();
  if (!all.length) return false;
  const at = all.findIndex((one) => one.closest(".design") === document.activeElement?.closest(".design"));
  const top = all[0].getBoundingClientRect().bottom;
  const columns = all.filter((one) => Math.abs(one.getBoundingClientRect().bottom - top) < 4).length || 1;
  const next = at < 0 ? 0 : at + across + down * columns;
  if (next < 0 || next >= all.length) return at >= 0;
  all[next].focus();
  return true;
}

/** Keep the design with the focus, else the best. @param {"svg" | "png"} kind */
function keep(kind) {
  const held = document.activeElement?.closest(".sheet .design");
  const link = held ? held.querySelectorAll(".keep a")[kind === "svg" ? 0 : 1] : document.querySelector(`[data-keep="${kind}"]`);
  if (link instanceof HTMLAnchorElement) link.click();
  return Boolean(link);
}

const follow = (/** @type {string} */ rel) => {
  const link = document.querySelector(`main a[rel="${rel}"]`);
  if (link instanceof HTMLAnchorElement) location.assign(link.href);
  return Boolean(link);
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const pick = target?.closest("[data-sheet] .pick");
  const button = target?.closest("[data-go]");
  if (pick instanceof HTMLButtonElement) choose(pick);
  else if (button instanceof HTMLButtonElement) void go(/** @type {"next" | "all"} */ (button.dataset.go));
});

bind([
  { keys: ["ArrowLeft", "h"], label: "Design before", group: "Evolve", run: () => move(-1, 0) },
  { keys: ["ArrowRight", "l"], label: "Next design", group: "Evolve", run: () => move(1, 0) },
  { keys: ["ArrowUp", "k"], label: "Design above", group: "Evolve", run: () => move(0, -1) },
  { keys: ["ArrowDown", "j"], label: "Design below", group: "Evolve", run: () => move(0, 1) },
  { keys: ["Enter", " "], label: "Choose the design, or let it go", group: "Evolve" },
  { keys: ["n"], label: "Next round", group: "Evolve", run: () => void go("next") },
  { keys: ["a"], label: "To the end, by the critic", group: "Evolve", run: () => void go("all") },
  { keys: ["["], label: "Round before", group: "Evolve", run: () => follow("prev") },
  { keys: ["]"], label: "Round after", group: "Evolve", run: () => follow("next") },
  { keys: ["s"], label: "Keep as SVG", group: "Evolve", run: () => keep("svg") },
  { keys: ["p"], label: "Keep as PNG", group: "Evolve", run: () => keep("png") },
]);

// what Ctrl+Z takes back is told by its name; here it may be a choice
changed((title) => { if (title.startsWith("choice ")) void draw(location.href); });

document.querySelector(".winners")?.scrollTo({ left: 1e6 });
if (bar()?.dataset.job) void watch(Number(bar().dataset.job));

// Which of these two? Arrow keys choose; the next pair comes with the answer.

import { change, toast, undo } from "./changes.js";
import { bind } from "./keys.js";

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-pairs]"));
const known = /** @type {HTMLElement | null} */ (document.querySelector("[data-known]"));
const address = `/api/v1/pairs?q=${encodeURIComponent(place?.dataset.query ?? "")}`;
const PAUSE_MS = 300;
/** How tiles that come later are shaped; the page's own style has those that came with it. */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
let busy = false;
/** Answers so far: an order that comes after the next answer is not shown. */
let said = 0;

/** @param {"left" | "right"} side */
const button = (side) => /** @type {HTMLButtonElement | null} */ (place?.querySelector(`[data-choose="${side}"]`) ?? null);

/** The orders that follow from what was said, as the server draws them. */
async function reorder() {
  const mine = ++said;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS)); // whoever answers quickly waits for no order
  if (mine !== said) return;
  const answer = await fetch(`/critic/pairs?${new URLSearchParams({ q: place?.dataset.query ?? "", part: "orders" })}`).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== said) return;
  const orders = fresh.querySelector("[data-orders]");
  if (!orders) return;
  const style = /** @type {HTMLTemplateElement | null} */ (orders.querySelector("template[data-style]"));
  sheet.replaceSync(style?.content.textContent ?? "");
  document.querySelector("[data-orders]")?.replaceWith(document.adoptNode(orders));
}

/** @param {any} form  what the server knows now, and the next pair */
function show(form) {
  if (known) known.textContent = `${form.pairs.toLocaleString("en")} pair${form.pairs === 1 ? "" : "s"}, ${form.stars.toLocaleString("en")} with stars; sure to ± ${form.sure.toFixed(1)}`;
  if (!form.next) {
    location.reload();
    return;
  }
  for (const side of /** @type {const} */ (["left", "right"])) {
    const one = button(side);
    const id = form.next[side];
    const image = form.next.images[id];
    const name = image.path.split("/").at(-1);
    if (!one) continue;
    one.dataset.id = id;
    const drawn = /** @type {HTMLImageElement} */ (one.querySelector("img"));
    drawn.src = `/thumb/${id}/512.jpg`;
    drawn.alt = name;
    /** @type {HTMLElement} */ (one.querySelector("span")).textContent = name;
  }
  void reorder();
}

/** @param {"left" | "right" | "neither"} side */
async function choose(side) {
  const left = button("left")?.dataset.id;
  const right = button("right")?.dataset.id;
  if (busy || !left || !right) return;
  busy = true;
  const [preferred, other] = side === "right" ? [right, left] : [left, right];
  try {
    show(await change(address, "POST", { preferred, other, decided: side !== "neither" }));
  } catch {
    // the toast says why
  } finally {
    busy = false;
  }
}

async function back() {
  if (busy) return;
  busy = true;
  await undo();
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    toast("The server did not answer. Is it still running?");
  } finally {
    busy = false;
  }
}

for (const one of document.querySelectorAll("[data-choose]")) {
  const side = /** @type {"left" | "right" | "neither"} */ (/** @type {HTMLElement} */ (one).dataset.choose);
  one.addEventListener("click", () => choose(side));
}
document.querySelector("[data-back]")?.addEventListener("click", back);
bind([
  { keys: ["ArrowLeft"], label: "The left one", group: "Pairs", run: () => void choose("left") },
  { keys: ["ArrowRight"], label: "The right one", group: "Pairs", run: () => void choose("right") },
  { keys: ["ArrowDown"], label: "Neither", group: "Pairs", run: () => void choose("neither") },
  { keys: ["ArrowUp"], label: "Take the last one back", group: "Pairs", run: () => void back() },
]);

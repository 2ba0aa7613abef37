// A view onto something that may be taller than a browser lets a page be. Up to `--most` pixels a pixel of scrolling is a
// pixel of the grid. Beyond, that holds at both ends and wherever one scrolls by hand; a leap of the scroll bar goes as
// far in proportion, and when the view rests the bar is put where it belongs, without anything moving.

const MOST = 8e6; // browsers end between 17 and 33 million, and draw in numbers that are exact to half a pixel up to here
const ENDS = 0.05;
const LEAP = 1.2;
const NEAR = 2;

/**
 * How far the page is scrolled where a height is at the top of the view.
 * @param {number} y  pixels of the grid @param {number} total  how far the grid goes @param {number} most  how far the page goes
 */
export function scrolled(y, total, most) {
  if (total <= most) return y;
  const end = ENDS * most;
  if (y <= end) return y;
  if (y >= total - end) return y - total + most;
  return end + ((y - end) * (most - 2 * end)) / (total - 2 * end);
}

/** What is at the top then: the other way round. @param {number} y  pixels of the page @param {number} total @param {number} most */
export function meant(y, total, most) {
  if (total <= most) return y;
  const end = ENDS * most;
  if (y <= end) return y;
  if (y >= most - end) return y + total - most;
  return end + ((y - end) * (total - 2 * end)) / (most - 2 * end);
}

let held = false;
addEventListener("pointerdown", () => { held = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { held = false; }, true);

export class Reach {
  /** @param {HTMLElement} element @param {() => void} shifted  what is drawn has to be put in its place again */
  constructor(element, shifted) {
    this.element = element;
    this.shifted = shifted;
    this.total = 0;
    this.most = MOST;
    /** What lies above the top of the element and has no room there. */
    this.shift = 0;
    this.start = 0;
    this.top = scrollY;
    // what stands above it may grow
    new ResizeObserver(() => this.measure()).observe(document.body);
  }

  measure() {
    this.start = this.element.getBoundingClientRect().top + scrollY;
  }

  /** @param {number} total  pixels that the grid needs */
  set(total) {
    this.measure();
    this.total = total;
    this.most = Number.parseFloat(getComputedStyle(this.element).getPropertyValue("--most")) || MOST;
    this.element.style.height = `${Math.min(total, this.most)}px`;
    if (total <= this.most || scrollY <= this.start) this.#put(0);
  }

  /** Height of the part of the grid that lies above the view. */
  above() {
    return scrollY - this.start + this.shift;
  }

  /** The page was scrolled. */
  moved() {
    const leapt = Math.abs(scrollY - this.top) > LEAP * innerHeight;
    this.top = scrollY;
    if (leapt && this.total > this.most) this.#put(this.#due(scrollY - this.start));
  }

  /** Scroll so that a height of the grid is at the top of the view. @param {number} y */
  to(y) {
    const goal = Math.min(y, this.total - innerHeight / 2);
    scrollTo({ top: this.start + this.#scrolled(goal), behavior: "instant" });
    this.top = scrollY; // as far as the page could go
    if (this.total <= this.most) return;
    const here = scrollY - this.start;
    this.#put(here <= 0 ? 0 : Math.abs(here - this.#scrolled(goal)) < NEAR ? goal - here : this.#due(here));
  }

  /** The view rests: the scroll bar tells where it is in the whole. */
  rest() {
    if (this.total <= this.most || held) return;
    const y = this.above();
    if (Math.abs(this.#scrolled(y) - (scrollY - this.start)) > NEAR) this.to(y);
  }

  /** @param {number} y */
  #scrolled(y) {
    return scrolled(y, this.total - innerHeight, this.most - innerHeight);
  }

  /** What has no room above where the page is scrolled to. @param {number} here */
  #due(here) {
    return Math.max(0, meant(here, this.total - innerHeight, this.most - innerHeight) - here);
  }

  /** @param {number} shift */
  #put(shift) {
    if (shift === this.shift) return;
    this.shift = shift;
    this.shifted();
  }
}

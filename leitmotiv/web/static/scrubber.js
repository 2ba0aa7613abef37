// The scrubber at the right edge: where the headings lie in the whole, to be dragged, tapped or stepped through by keys.

const LEAST = 22;

export class Scrubber {
  /** @param {(section: number) => void} go */
  constructor(go) {
    this.go = go;
    this.here = 0;
    this.dragging = false;
    const element = document.createElement("div");
    const bubble = document.createElement("b");
    element.className = "scrub";
    element.tabIndex = 0;
    element.setAttribute("role", "slider");
    element.setAttribute("aria-orientation", "vertical");
    element.setAttribute("aria-label", "jump to a heading");
    element.title = "Drag, or arrow keys (d)";
    bubble.className = "here";
    element.append(bubble);
    element.hidden = true;
    document.querySelector("main")?.append(element);
    this.element = element;
    this.bubble = bubble;
    element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      element.setPointerCapture(event.pointerId);
      element.focus({ preventScroll: true });
      this.dragging = true;
      this.drag(event);
    });
    element.addEventListener("pointermove", (event) => { if (this.dragging) this.drag(event); });
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { this.dragging = false; element.classList.remove("held"); });
    element.addEventListener("keydown", (event) => this.step(event));
    new ResizeObserver(() => this.label()).observe(element);
  }

  /** @param {import("./columns.js").Columns} columns @param {import("./layout.js").Layout} layout */
  set(columns, layout) {
    this.columns = columns;
    this.layout = layout;
    this.element.hidden = columns.kind === "" || columns.sections.length < 2;
    this.element.setAttribute("aria-valuemin", "1");
    this.element.setAttribute("aria-valuemax", String(columns.sections.length));
    this.label();
  }

  /** Where a section lies, 0 to 1. @param {number} section */
  share(section) {
    const { layout } = this;
    if (!layout) return 0;
    return layout.top[layout.headBand[section]] / Math.max(1, layout.top[layout.headBand[layout.headBand.length - 1]]);
  }

  /** Words at the edge: years for dates, headings else, as many as there is room for. */
  label() {
    const { columns } = this;
    if (!columns || this.element.hidden) return;
    const height = this.element.clientHeight;
    for (const mark of this.element.querySelectorAll("i")) mark.remove();
    const dated = ["day", "month", "year"].includes(columns.kind);
    const years = new Set(columns.sections.map(([key]) => key.slice(0, 4))).size;
    let before = "";
    let last = -LEAST;
    columns.sections.forEach(([key, heading], section) => {
      const words = !dated ? short(heading) : years > 2 ? key.slice(0, 4) : heading.replace(/^\d+ /, "").replace(/^(\D{3})\D+ /, "$1 ");
      const y = this.share(section) * height;
      if (words === before || y < last + LEAST) return;
      before = words;
      last = y;
      const mark = document.createElement("i");
      mark.textContent = words;
      mark.style.top = `${y}px`;
      this.element.append(mark);
    });
  }

  /** Say where the view is. @param {import("./grid.js").Grid} grid */
  show(grid) {
    if (!this.columns || this.element.hidden) return;
    this.layout = grid.layout;
    this.tell(grid.section());
    clearTimeout(this.timer);
    this.element.classList.add("moving");
    this.timer = setTimeout(() => this.element.classList.remove("moving"), 1200);
  }

  /** @param {number} section */
  tell(section) {
    const { columns } = this;
    if (!columns?.sections[section]) return;
    this.here = section;
    const [, heading, count] = columns.sections[section];
    this.bubble.textContent = heading.length > 28 ? `…${heading.slice(-27)}` : heading;
    this.bubble.style.top = `${100 * this.share(section)}%`;
    this.element.setAttribute("aria-valuenow", String(section + 1));
    this.element.setAttribute("aria-valuetext", `${heading}, ${count}`);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const box = this.element.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    this.element.classList.add("held");
    let low = 0;
    let high = (this.columns?.sections.length ?? 1) - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.share(middle) <= share + 1e-9) low = middle;
      else high = middle - 1;
    }
    this.tell(low);
    this.go(low);
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const last = (this.columns?.sections.length ?? 1) - 1;
    /** @type {Record<string, number>} */
    const steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.tell(Math.min(last, Math.max(0, this.here + step)));
    this.go(this.here);
  }

  focus() {
    if (this.element.hidden) return false;
    this.element.focus({ preventScroll: true });
  }
}

/** The end of a path, else the words. @param {string} heading */
function short(heading) {
  const words = heading.includes("/") ? heading.slice(heading.lastIndexOf("/") + 1) : heading;
  return words.length > 13 ? `${words.slice(0, 12)}…` : words;
}

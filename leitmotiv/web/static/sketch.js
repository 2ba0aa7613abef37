// A sketch: blobs of colour on a canvas, drawn by pointer, by keys or by numbers; its text goes into the address.

import { addressWith } from "./search.js";

/** @typedef {{x: number, y: number, rx: number, ry: number, angle: number, colour: string, share: number}} Blob  percent, degrees */

const SPACE = "http://www.w3.org/2000/svg";
const MOST = 24;
const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-sketch]"));
if (root) start(root);

/** @param {HTMLElement} root */
function start(root) {
  const canvas = /** @type {SVGSVGElement} */ (root.querySelector(".canvas"));
  const body = /** @type {HTMLTableSectionElement} */ (root.querySelector("tbody"));
  const table = /** @type {HTMLTableElement} */ (root.querySelector(".blobs"));
  const pick = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (root.querySelector(`[name="${name}"]`));
  const [colour, aspect, rest, ground] = ["colour", "aspect", "rest", "ground"].map(pick);
  /** @type {Blob[]} */
  let blobs = [];
  let chosen = -1;
  let [width, height] = [150, 100];

  // ---- text ----
  /** @param {string} text */
  function read(text) {
    const [head, ...parts] = text.split("_");
    const last = parts.at(-1);
    if (last && /^g[0-9a-f]{6}$/.test(last)) {
      parts.pop();
      rest.value = "g";
      ground.value = `#${last.slice(1)}`;
    }
    if (![...(/** @type {any} */ (aspect)).options].some((one) => one.value === head)) {
      const own = document.createElement("option");
      own.value = head;
      own.textContent = `${Number(head) / 100} : 1`;
      aspect.append(own);
    }
    aspect.value = head;
    blobs = parts.map((part) => {
      const [x, y, rx, ry, angle, hex, share] = part.split(".");
      return { x: +x, y: +y, rx: +rx, ry: +ry, angle: +angle, colour: `#${hex}`, share: +(share ?? 0) };
    });
  }
  function write() {
    const parts = blobs.map((one) => [
      ...[one.x, one.y, one.rx, one.ry].map((value) => Math.round(value)), ((Math.round(one.angle) % 180) + 180) % 180,
      one.colour.slice(1), ...(one.share ? [Math.round(one.share)] : []),
    ].join("."));
    return [aspect.value, ...parts, ...(rest.value ? [`g${ground.value.slice(1)}`] : [])].join("_");
  }

  // ---- drawing ----
  /** @param {string} name @param {Record<string, string | number>} values */
  function shape(name, values) {
    const made = document.createElementNS(SPACE, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
    return made;
  }
  /** @param {Blob} one */
  const middle = (one) => [one.x * width / 100, one.y * height / 100];
  const unit = () => Math.max(width, height) / 100;
  /** @param {Blob} one */
  function ellipse(one) {
    const [cx, cy] = middle(one);
    return { cx, cy, rx: one.rx * unit(), ry: one.ry * unit(), transform: `rotate(${one.angle} ${cx} ${cy})` };
  }
  function draw() {
    const held = canvas.contains(document.activeElement);
    canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    ground.hidden = !rest.value;
    canvas.replaceChildren(rest.value
      ? shape("rect", { width, height, fill: ground.value })
      : shape("path", { class: "any", d: `M${width / 3} 0V${height}M${2 * width / 3} 0V${height}M0 ${height / 3}H${width}M0 ${2 * height / 3}H${width}` }));
    blobs.forEach((one, at) => {
      const drawn = shape("ellipse", {
        class: "blob", ...ellipse(one), fill: one.colour, tabindex: 0, role: "img", "data-at": at,
        "aria-label": `blob ${at + 1} of ${blobs.length}, ${one.colour}, ${Math.round(one.x)} % from the left, ${Math.round(one.y)} % from the top`,
      });
      canvas.append(drawn);
    });
    const one = blobs[chosen];
    if (one) {
      canvas.append(shape("ellipse", { class: "outline under", ...ellipse(one) }), shape("ellipse", { class: "outline", ...ellipse(one) }));
      const [cx, cy] = middle(one);
      for (const [kind, dx, dy] of /** @type {[string, number, number][]} */ ([["rx", one.rx * unit(), 0], ["ry", 0, one.ry * unit()], ["turns", -one.rx * unit(), 0]])) {
        const turn = one.angle * Math.PI / 180;
        canvas.append(shape("circle", {
          class: `handle ${kind}`, r: 1.6 * Math.max(width, height) / 150, "data-handle": kind,
          cx: cx + dx * Math.cos(turn) - dy * Math.sin(turn), cy: cy + dx * Math.sin(turn) + dy * Math.cos(turn),
        }));
      }
    }
    if (held && one) /** @type {SVGElement | null} */ (canvas.querySelector(`[data-at="${chosen}"]`))?.focus();
    list();
  }

  // ---- the twin: every number in a field ----
  const COLUMNS = /** @type {[keyof Blob, number, number, string][]} */ ([
    ["x", -20, 120, "from the left, %"], ["y", -20, 120, "from the top, %"], ["rx", 1, 100, "half its length"],
    ["ry", 1, 100, "half its width"], ["angle", 0, 179, "turn, degrees"], ["share", 0, 100, "share, %"],
  ]);
  function list() {
    table.hidden = !blobs.length;
    while (body.rows.length > blobs.length) body.deleteRow(-1);
    while (body.rows.length < blobs.length) row(body.rows.length);
    blobs.forEach((one, at) => {
      body.rows[at].classList.toggle("chosen", at === chosen);
      for (const input of body.rows[at].querySelectorAll("input")) {
        const key = /** @type {keyof Blob} */ (input.name);
        const value = key === "colour" ? one.colour : String(Math.round(Number(one[key])));
        if (input !== document.activeElement && input.value !== value) input.value = value;
      }
    });
    for (const name of ["seek-sketch", "clear"]) {
      const button = root.querySelector(`[data-do="${name}"]`);
      if (button instanceof HTMLButtonElement) button.disabled = !blobs.length;
    }
    const more = root.querySelector('[data-do="blob"]');
    if (more instanceof HTMLButtonElement) more.disabled = blobs.length >= MOST;
  }
  /** @param {number} at */
  function row(at) {
    const made = body.insertRow();
    const input = (/** @type {string} */ name, /** @type {string} */ type, /** @type {string} */ label) => {
      const one = document.createElement("input");
      Object.assign(one, { name, type });
      one.setAttribute("aria-label", `blob ${at + 1}: ${label}`);
      one.addEventListener("focus", () => { if (chosen !== at) { chosen = at; draw(); } });
      one.addEventListener("input", () => {
        if (name === "colour") blobs[at].colour = one.value;
        else if (one.value !== "" && one.checkValidity()) (/** @type {any} */ (blobs[at]))[name] = Number(one.value);
        draw();
      });
      made.insertCell().append(one);
      return one;
    };
    input("colour", "color", "colour");
    for (const [name, low, high, label] of COLUMNS) Object.assign(input(name, "number", label), { min: low, max: high, step: 1 });
    const off = document.createElement("button");
    off.type = "button";
    off.className = "button bare";
    off.textContent = "×";
    off.setAttribute("aria-label", `Remove blob ${at + 1}`);
    off.addEventListener("click", () => remove(at));
    made.insertCell().append(off);
  }

  // ---- changes ----
  /** @param {Blob} one */
  function put(one) {
    if (blobs.length >= MOST) return;
    blobs.push(one);
    chosen = blobs.length - 1;
    draw();
  }
  /** @param {number} at */
  function remove(at) {
    blobs.splice(at, 1);
    chosen = Math.min(chosen, blobs.length - 1);
    draw();
    const next = canvas.querySelector(`[data-at="${chosen}"]`);
    if (next instanceof SVGElement) next.focus();
  }
  const clamp = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) => Math.min(high, Math.max(low, value));

  /** Where an event is, in units of the canvas. @param {PointerEvent} event */
  function at(event) {
    const matrix = canvas.getScreenCTM();
    if (!matrix) return [0, 0];
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return [point.x, point.y];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !(event.target instanceof SVGElement)) return;
    event.preventDefault();
    const [x0, y0] = at(event);
    const handle = event.target.dataset.handle;
    const on = event.target.dataset.at;
    /** @type {(x: number, y: number) => void} */
    let move;
    if (handle && blobs[chosen]) {
      const one = blobs[chosen];
      const [cx, cy] = middle(one);
      move = (x, y) => {
        const turn = one.angle * Math.PI / 180;
        if (handle === "turns") one.angle = (Math.round(Math.atan2(cy - y, cx - x) * 180 / Math.PI) + 360) % 180;
        else if (handle === "rx") one.rx = clamp(Math.abs((x - cx) * Math.cos(turn) + (y - cy) * Math.sin(turn)) / unit(), 1, 100);
        else one.ry = clamp(Math.abs((y - cy) * Math.cos(turn) - (x - cx) * Math.sin(turn)) / unit(), 1, 100);
      };
    } else if (on !== undefined) {
      chosen = Number(on);
      const one = blobs[chosen];
      const [fromX, fromY] = [one.x, one.y];
      colour.value = one.colour;
      move = (x, y) => { one.x = clamp(fromX + 100 * (x - x0) / width, -20, 120); one.y = clamp(fromY + 100 * (y - y0) / height, -20, 120); };
    } else {
      if (blobs.length >= MOST) return;
      const one = { x: 100 * x0 / width, y: 100 * y0 / height, rx: 10, ry: 10, angle: 0, colour: colour.value, share: 0 };
      put(one);
      move = (x, y) => {
        const [dx, dy] = [Math.abs(x - x0) / 2 / unit(), Math.abs(y - y0) / 2 / unit()];
        if (Math.max(dx, dy) < 2) return;
        Object.assign(one, { x: 50 * (x + x0) / width, y: 50 * (y + y0) / height, rx: Math.max(dx, 2), ry: Math.max(dy, 2) });
      };
    }
    draw();
    canvas.setPointerCapture(event.pointerId);
    const go = (/** @type {PointerEvent} */ now) => { move(...(/** @type {[number, number]} */ (at(now)))); draw(); };
    canvas.addEventListener("pointermove", go);
    canvas.addEventListener("lostpointercapture", () => {
      canvas.removeEventListener("pointermove", go);
      /** @type {SVGElement | null} */ (canvas.querySelector(`[data-at="${chosen}"]`))?.focus({ preventScroll: true });
    }, { once: true });
  });
  canvas.addEventListener("focusin", (event) => {
    const on = event.target instanceof SVGElement ? event.target.dataset.at : undefined;
    if (on === undefined || Number(on) === chosen) return;
    chosen = Number(on);
    draw();
  });
  canvas.addEventListener("keydown", (event) => {
    const one = blobs[chosen];
    if (!one || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 5 : 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => { one.x = clamp(one.x - step, -20, 120); }, ArrowRight: () => { one.x = clamp(one.x + step, -20, 120); },
      ArrowUp: () => { one.y = clamp(one.y - step, -20, 120); }, ArrowDown: () => { one.y = clamp(one.y + step, -20, 120); },
      "+": () => { one.rx = clamp(one.rx + 1, 1, 100); one.ry = clamp(one.ry + 1, 1, 100); },
      "-": () => { one.rx = clamp(one.rx - 1, 1, 100); one.ry = clamp(one.ry - 1, 1, 100); },
      "[": () => { one.angle = (one.angle + 175) % 180; }, "]": () => { one.angle = (one.angle + 5) % 180; },
      Delete: () => remove(chosen), Backspace: () => remove(chosen), Enter: seek,
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    draw();
  });
  colour.addEventListener("input", () => { if (blobs[chosen]) { blobs[chosen].colour = colour.value; draw(); } });
  for (const one of [rest, ground]) one.addEventListener("input", draw);
  aspect.addEventListener("change", () => { size(); draw(); });
  function size() {
    const ratio = Number(aspect.value) / 100;
    [width, height] = ratio >= 1 ? [100 * ratio, 100] : [100, 100 / ratio];
  }
  function seek() {
    if (blobs.length) location.assign(addressWith({ sketch: write(), tool: "sketch" }));
  }
  root.querySelector('[data-do="blob"]')?.addEventListener("click", () => {
    put({ x: 50, y: 50, rx: 14, ry: 14, angle: 0, colour: colour.value, share: 0 });
    /** @type {SVGElement | null} */ (canvas.querySelector(`[data-at="${chosen}"]`))?.focus();
  });
  root.querySelector('[data-do="clear"]')?.addEventListener("click", () => { blobs = []; chosen = -1; draw(); });
  root.querySelector('[data-do="seek-sketch"]')?.addEventListener("click", seek);

  if (root.dataset.sketch) read(root.dataset.sketch);
  size();
  draw();
}

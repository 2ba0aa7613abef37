// The keys of the map: arrows move it, or a cursor on it; letters choose tools and layouts.

import { bind } from "./keys.js";

const STEP_PX = 90;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} Hands  what the keys may do
 * @property {(dx: number, dy: number) => void} pan      in pixels
 * @property {() => number} row                          where the cursor is; -1 without one
 * @property {(row: number) => void} point               put the cursor on a picture
 * @property {() => number} middle                       the picture in the middle of the view
 * @property {(row: number, dx: number, dy: number) => number} toward  the next picture in a direction, or -1
 * @property {(row: number) => void} open
 * @property {(row: number) => void} toggle
 * @property {(rows: number[]) => void} pick
 * @property {() => void} turn                           to the next layout
 * @property {() => void | boolean} leave
 */

/** @param {HTMLElement} ground @param {Hands & Record<string, any>} hands */
export function bindKeys(ground, hands) {
  /** Not in the list, which has tiles and letters of its own. @param {() => void | boolean} run */
  const here = (run) => () => (document.activeElement?.closest("[data-list]") ? false : run());
  /** @param {KeyboardEvent} event */
  const arrow = (event) => {
    if (document.activeElement !== ground) return false;
    const [dx, dy] = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
    const row = hands.row();
    if (row < 0) { hands.pan(dx * STEP_PX, dy * STEP_PX); return; }
    const next = hands.toward(row, dx, dy);
    if (event.shiftKey) hands.pick(next < 0 ? [row] : [row, next]);
    if (next >= 0) hands.point(next);
  };
  const group = "Map";
  bind([
    {
      keys: ["Enter"], label: "A cursor in the middle; then open", group,
      run: () => {
        if (document.activeElement !== ground) return false;
        if (hands.row() < 0) hands.point(hands.middle());
        else hands.open(hands.row());
      },
    },
    { keys: Object.keys(ARROWS), label: "Move the map, or the cursor", group, run: arrow },
    { keys: Object.keys(ARROWS).map((key) => `Shift+${key}`), label: "Pick along the way", group },
    { keys: ["x"], label: "Pick, let go", group, run: here(() => (hands.row() < 0 ? false : hands.toggle(hands.row()))) },
    { keys: ["+", "="], label: "Closer", group, run: here(hands.closer) },
    { keys: ["-"], label: "Farther", group, run: here(hands.farther) },
    { keys: ["0"], label: "Everything", group, run: here(hands.fit) },
    { keys: ["z"], label: "To the picked ones", group, run: here(hands.picks) },
    { keys: ["l"], label: "Lasso (or Shift and drag)", group, run: here(hands.lasso) },
    { keys: ["b"], label: "Rubber band (or Ctrl and drag)", group, run: here(hands.band) },
    { keys: ["v"], label: "The next layout", group, run: here(hands.turn) },
    { keys: ["o"], label: "The list", group, run: hands.list },
    { keys: ["Escape"], label: "Let go: tool, cursor, picks", group, run: hands.leave },
  ]);
}

// Trends over time: keys for what the buttons do, and the stream begins at its latest end where it is wider than the page.

import { bind } from "./keys.js";

const river = document.querySelector(".river");
if (river instanceof HTMLElement && river.scrollWidth > river.clientWidth) river.scrollLeft = river.scrollWidth;
/** @param {string} words */
const press = (words) => {
  for (const link of document.querySelectorAll(".toolbar .toggle a")) if (link.textContent === words && link instanceof HTMLElement) link.click();
};
const group = "Over time";
bind([
  { keys: ["m"], label: "By month", group, run: () => press("Month") },
  { keys: ["y"], label: "By year", group, run: () => press("Year") },
  { keys: ["s"], label: "Shares", group, run: () => press("Share") },
  { keys: ["c"], label: "Counts", group, run: () => press("Count") },
]);

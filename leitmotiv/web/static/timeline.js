// Trends over time: keys for what the buttons do, and the stream begins at its latest end where it is wider than the page.

import { bind } from "./keys.js";

const river = document.querySelector(".river");
if (river instanceof HTMLElement && river.scrollWidth > river.clientWidth) {
  river.scrollLeft = river.scrollWidth;
  // bands without a name in view tell nothing: then it begins at the last name instead
  const names = [...river.querySelectorAll(".lab")].map((one) => one.getBoundingClientRect().left - river.getBoundingClientRect().left);
  const last = Math.max(...names);
  if (names.length && last < 0) river.scrollLeft += last - 16;
}
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

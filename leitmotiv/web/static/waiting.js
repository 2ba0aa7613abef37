// A page that waits for its first content: it loads again as soon as there is some.

import { follow } from "./status.js";

const place = document.querySelector("[data-wait]");
const wanted = place instanceof HTMLElement ? place.dataset.wait : undefined;
/** @type {boolean | null} */
let busy = null;
follow((status) => {
  const running = status.jobs.some((job) => job.state === "running");
  const there = wanted === "images" ? status.images > 0 : status.indexed > 0;
  if (there || (busy !== null && busy !== running)) location.reload();
  busy = running;
});

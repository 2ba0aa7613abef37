// A page that lists pictures: the keyboard walks over them, Esc goes up.

import { escape, walk } from "./tiles.js";

const place = document.querySelector("[data-walk]");
if (place instanceof HTMLElement) walk(place);
const up = document.querySelector('[data-go="up"]');
escape(up instanceof HTMLAnchorElement ? () => up.click() : null);

// The slider from look to subject: the address says where it stands, and the page is asked for again.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-likeness]"));
const range = /** @type {HTMLInputElement | null} */ (form?.querySelector('input[name="by"]') ?? null);
const said = form?.querySelector("[data-likeness-said]");
const SETTLE_MS = 350;
const HELD = "leitmotiv.likeness";  // that a key was on the slider: it stays there on the page that comes
let timer = 0;

/** In the words of the server. @param {number} by */
function words(by) {
  if (by === 0) return "by look";
  if (by === 1) return "by subject";
  return `${Math.round(100 * (1 - by))} % look, ${Math.round(100 * by)} % subject`;
}
function paint() {
  if (!range) return;
  const by = Number(range.value);
  range.style.setProperty("--at", `${100 * by}%`);
  range.setAttribute("aria-valuetext", words(by));
  if (said) said.textContent = words(by);
}
function go() {
  if (!range) return;
  const by = Number(range.value);
  const address = new URL(location.href);
  for (const name of ["from", "count", "view"]) address.searchParams.delete(name);
  if (by === 0) address.searchParams.delete("by");
  else address.searchParams.set("by", by === 1 ? "subject" : String(by));
  if (address.href === location.href) return;
  if (document.activeElement === range) sessionStorage.setItem(HELD, location.pathname);
  location.assign(address);
}
if (form && range) {
  paint();
  // Back: browsers keep what was chosen last, and the page is what it was before.
  addEventListener("pageshow", () => {
    range.value = range.defaultValue;
    paint();
  });
  range.addEventListener("input", paint);
  range.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(go, SETTLE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  if (sessionStorage.getItem(HELD) === location.pathname) range.focus({ preventScroll: true });
  sessionStorage.removeItem(HELD);
}

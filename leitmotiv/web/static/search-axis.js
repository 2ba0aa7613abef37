// The axis between two poles: its two fields are one parameter, and the slider brings what lies where it stands.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-poles]"));
const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (document.querySelector(`[form="scripted-poles"][name="${name}"]`));
const low = field("low"), high = field("high");
const whole = /** @type {HTMLInputElement | null} */ (form?.querySelector('[name="axis"]') ?? null);
if (form && low && high && whole) {
  form.addEventListener("submit", (event) => {
    if (!low.value.trim() || !high.value.trim()) {
      event.preventDefault();
      (low.value.trim() ? high : low).focus();
    }
    whole.value = `${low.value.trim()}..${high.value.trim()}`;
  });
  for (const one of [low, high]) one.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit();
  });
}

const SETTLE_MS = 120;
const along = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-along]"));
const range = /** @type {HTMLInputElement | null} */ (along?.querySelector('[name="at"]') ?? null);
let timer = 0, asked = 0;
/** @param {string} at */
async function show(at) {
  const number = ++asked, address = new URL(location.href);
  address.searchParams.set("at", at);
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || number !== asked) return;
  // a page that was fetched has a nonce of its own, which counts for nothing here: what its styles say is adopted
  let styles = "";
  const text = (await answer.text()).replace(/<style[^>]*>([^]*?)<\/style>/g, (_, rules) => { styles += rules; return ""; });
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = page.querySelector("[data-here]"), here = document.querySelector("[data-here]");
  if (!next || !here || number !== asked) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.slice(-3), sheet];
  here.replaceWith(next);
  history.replaceState(history.state, "", address);
}
if (range) {
  const paint = () => { range.style.setProperty("--at", `${range.value}%`); range.setAttribute("aria-valuetext", `${range.value} % of the way`); };
  range.addEventListener("input", () => {
    paint();
    clearTimeout(timer);
    timer = setTimeout(() => void show(range.value), SETTLE_MS);
  });
  for (const one of document.querySelectorAll(".strip [data-at]")) one.addEventListener("click", (event) => {
    if (!(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    range.value = /** @type {HTMLElement} */ (one).dataset.at ?? "0";
    paint();
    void show(range.value);
  });
  paint();
}

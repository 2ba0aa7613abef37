// Menus are `<details class="menu">`: one is open at a time, and Esc or a click elsewhere closes it.

/** @returns {HTMLDetailsElement[]} */
const open = () => [...document.querySelectorAll("details.menu[open]")].filter((one) => one instanceof HTMLDetailsElement);

document.addEventListener("pointerdown", (event) => {
  for (const menu of open()) if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
}, true);
document.addEventListener("keydown", (event) => {
  // what is open inside of a menu, such as completions, closes first
  if (event.key !== "Escape" || document.activeElement?.matches('[role="combobox"][aria-expanded="true"]')) return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.preventDefault();
  }
}, true);
document.addEventListener("toggle", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLDetailsElement) || !target.open || !target.matches(".menu")) return;
  for (const menu of open()) if (menu !== target) menu.open = false;
}, true);
// up and down walk through the entries
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (!menu || document.activeElement instanceof HTMLInputElement) return;
  const entries = [...menu.querySelectorAll("li > :is(a, button)")];
  if (!entries.length) return;
  const at = entries.indexOf(/** @type {Element} */ (document.activeElement));
  const next = entries[(at + (event.key === "ArrowDown" ? 1 : -1) + entries.length) % entries.length];
  if (next instanceof HTMLElement) next.focus();
  event.preventDefault();
}, true);

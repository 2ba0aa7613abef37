// What this browser remembers between pages: small words under "leitmotiv."; where storage is off, nothing.

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try { return localStorage.getItem(`leitmotiv.${name}`); } catch { return null; }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try { localStorage.setItem(`leitmotiv.${name}`, value); } catch { /* the choice lasts as long as the page */ }
}

/** The last picture that was opened, for this tab only. @param {string} id */
export function leave(id) {
  try { sessionStorage.setItem("leitmotiv.seen", id); } catch { /* focus starts at the top */ }
}

/** @returns {string | null} */
export function seen() {
  try { return sessionStorage.getItem("leitmotiv.seen"); } catch { return null; }
}

const HELD = "leitmotiv.held";
/** Which control has the focus again on the page at an address, in this tab. @param {string | URL} address @param {string} control */
export function hold(address, control) {
  try { sessionStorage.setItem(HELD, JSON.stringify([new URL(address, location.href).href, control])); } catch { /* focus starts at the top */ }
}

/** The control that `hold` named for this page, once. @returns {string | null} */
export function held() {
  try {
    const [address, control] = JSON.parse(sessionStorage.getItem(HELD) ?? "[]");
    sessionStorage.removeItem(HELD);
    return address === location.href ? String(control) : null;
  } catch { return null; }
}

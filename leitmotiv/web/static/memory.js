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

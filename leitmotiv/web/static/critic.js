// The critic's page: learning from one's own stars.

import { change, toast } from "./changes.js";

const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-learn]"));
button?.addEventListener("click", async () => {
  button.disabled = true;
  toast("Learning from your stars …");
  try {
    const card = await change("/api/v1/critics", "POST", { sets: ["stars"], name: "stars" });
    location.href = `/critic?critic=${encodeURIComponent(card.name)}`;
  } catch {
    button.disabled = false; // the toast says why
  }
});

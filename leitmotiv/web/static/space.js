// The page of spaces: which one searches use, and the jobs that read captions and learn from them.

import { change, toast } from "./changes.js";

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-use]"))) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await change("/api/v1/spaces/used", "PUT", { name: button.dataset.use });
      location.reload();
    } catch {
      button.disabled = false; // the toast says why
    }
  });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-job]"))) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await change("/api/v1/jobs", "POST", { kind: button.dataset.job });
      location.href = "/jobs";
    } catch {
      button.disabled = false;
      toast("The job could not be started.");
    }
  });
}

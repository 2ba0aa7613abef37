// What is done with the whole map: saved as a picture, or laid out anew.

import { change, toast } from "./changes.js";
import { withLikeness } from "./map-data.js";

const ASK_MS = 1500;

/** Save what is seen as a PNG file. @param {import("./map-scene.js").Scene} scene @param {import("./map-view.js").View} view @param {import("./map-places.js").Places} places */
export function savePicture(scene, view, places) {
  scene.draw(view, places); // the canvas keeps nothing between frames
  scene.canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `map-${places.layout}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}

/** Have all pictures find places anew, and come back when they have. @param {string} stamp  of the map that is shown @param {string} layout */
export async function layOutAnew(stamp, layout) {
  const by = new URLSearchParams(location.search).get("by");
  await change("/api/v1/map/layout", "POST", { anew: true, ...(by && { by }) });
  toast("The map is being laid out anew; it changes here when that is done.");
  const look = async () => {
    const about = await fetch(withLikeness("/api/v1/map")).then((answer) => answer.json()).catch(() => null);
    if (about && about.stamp !== stamp) location.assign(withLikeness(`/map?layout=${layout}`));
    else setTimeout(look, ASK_MS);
  };
  setTimeout(look, ASK_MS);
}

/**
 * Stars by the keys 0 to 5: of the tile in focus, else of the asset whose details are open.
 */

import { post } from "./posting.js";
import { takesText } from "./undo-key.js";

const busy = "dialog[open], :popover-open:not(#toasts)";
const starOf = (stars) => document.querySelector(`.asset__form input[name="rating"][value="${stars}"]`);

/** The star of the form saves it, as a click does. */
function rateOpen(stars) {
  const star = starOf(stars);
  if (star && !star.checked) star.click();
  return star !== null;
}

/** Rate what `tile` shows; its mark comes back as it is kept. */
function rateTile(tile, stars) {
  const url = `${tile.querySelector(".tile__link").href}rating/`;
  post(url, { rating: stars }, { target: `#${tile.id} [data-rated]`, swap: "outerHTML" });
}

/** Whether the panel shows what `tile` shows. */
const isOpen = (tile) => tile.querySelector(".tile__link[aria-current='true']") !== null;

function onKey(event) {
  const isStars = /^[0-5]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isStars || event.defaultPrevented || takesText(event.target) || document.querySelector(busy)) return;
  const tile = event.target.closest?.("#shelf [data-asset]");
  if (tile?.querySelector("[data-rated]") && !isOpen(tile)) rateTile(tile, event.key);
  else if (!rateOpen(event.key)) return;
  event.preventDefault();
}

export function startRating() {
  document.addEventListener("keydown", onKey);
}

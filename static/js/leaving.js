/** Tiles that leave the shelf, by `data-goes`, and those that come back. */

import { toast } from "./toasts.js";

/** The link of the tile beside one that is going away, if there is another tile. */
export function linkBeside(tile) {
  const tiles = [...document.querySelectorAll(".shelf [data-asset]")];
  const at = tiles.indexOf(tile);
  const neighbour = tiles[at + 1] ?? tiles[at - 1];
  return neighbour?.querySelector(".tile__link");
}

function moveFocus(tile) {
  linkBeside(tile)?.focus({ preventScroll: true });
}

/** The days of `shelf`, each heading with whether a tile stands under it. */
export function days(shelf) {
  const found = [];
  for (const element of shelf.querySelectorAll(".shelf__day:not(.shelf__day--on), [data-asset]")) {
    if (element.matches(".shelf__day")) found.push({ heading: element, filled: false });
    else if (found.length) found.at(-1).filled = true;
  }
  return found;
}

function hideEmptyDays() {
  const shelf = document.getElementById("shelf");
  if (shelf) days(shelf).forEach(({ heading, filled }) => (heading.hidden = !filled));
}

export function startLeaving() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-goes]");
    if (button && !event.detail) moveFocus(button.closest("[data-asset]"));
  });
  document.addEventListener("htmx:afterSwap", hideEmptyDays);
  // The page of an error must not stand in a tile.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 404) return;
    detail.shouldSwap = false;
    toast("It is no longer there. Reload the page.", { error: true });
  });
}

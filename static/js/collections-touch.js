/** The order of a collection's tiles by a finger: each has a grip that is dragged. */

import { isAfter, mark, move, placeBeside, tilesOf } from "./collections-order.js";

const EDGE = 72; // CSS pixels from the window's edge where the page begins to scroll
const STEP = 14;

let held = null; // the tile whose grip is dragged
let over = null; // the event over the tile where it would land

function scrollNear(y) {
  if (y < EDGE) window.scrollBy(0, -STEP);
  else if (y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
}

function follow(shelf, event) {
  if (!held) return;
  scrollNear(event.clientY);
  const tile = document.elementFromPoint(event.clientX, event.clientY)?.closest("#shelf > .tile");
  over = tile && tile !== held ? { tile, after: isAfter(event, tile) } : null;
  mark(shelf, over?.tile ?? null, over?.after);
}

function end(shelf, dropped) {
  if (!held) return;
  if (dropped && over) move(shelf, held, placeBeside(tilesOf(shelf), held, over.tile, over.after));
  held.classList.remove("is-dragged");
  mark(shelf, null);
  held = null;
  over = null;
}

export function startTouchOrdering(shelf) {
  shelf.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    held = grip.closest(".tile");
    held.classList.add("is-dragged");
  });
  shelf.addEventListener("pointermove", (event) => follow(shelf, event));
  shelf.addEventListener("pointerup", () => end(shelf, true));
  shelf.addEventListener("pointercancel", () => end(shelf, false));
}

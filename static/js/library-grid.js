/**
 * The library's grid in a page of bounded size: what is far from the window leaves the page
 * (library-shelf.js), what comes near is fetched (library-loading.js), and the place is kept
 * (library-place.js). docs/library.md tells more.
 */

import { setSettled, update } from "./library-loading.js";
import { remember, restore } from "./library-place.js";
import { fitWidth, grid, hold, isShown, lay, readPage } from "./library-shelf.js";
import { noteServed } from "./library-stretches.js";

const SETTLE = 120; // milliseconds without scrolling before a leap is fetched

let settling = 0;

function onScroll() {
  hold();
  setSettled(false);
  clearTimeout(settling);
  settling = setTimeout(() => {
    setSettled(true);
    update();
  }, SETTLE);
  requestAnimationFrame(update);
}

/** Begin with what is in the shelf now. */
export function begin() {
  grid.shelf.querySelectorAll(".stretch").forEach(noteServed);
  readPage();
  grid.width = grid.shelf.clientWidth;
  if (!grid.parts.items.length) return;
  lay();
  restore();
  update();
}

function followWidth() {
  new ResizeObserver(() => {
    if (grid.shelf.clientWidth === grid.width || !isShown()) return;
    fitWidth();
    update();
  }).observe(grid.shelf);
}

export function startGrid() {
  grid.shelf = document.querySelector("#shelf[data-stretches]");
  if (!grid.shelf) return;
  history.scrollRestoration = "manual";
  begin();
  followWidth();
  window.addEventListener("scroll", onScroll, { passive: true });
  document.addEventListener("library-settled", remember);
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== grid.shelf) return;
    window.scrollTo({ top: 0, behavior: "instant" });
    begin();
    document.dispatchEvent(new CustomEvent("listing-replaced"));
  });
}

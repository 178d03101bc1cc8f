/** Where in the library the window is: said to the rest of the page, kept in the URL, changed. */

import { covered } from "./floating.js";
import { anchorOf } from "./library-anchor.js";
import { bring, complain, update } from "./library-loading.js";
import { grid, hold } from "./library-shelf.js";
import { fetchStretch } from "./library-stretches.js";

const PLACES = ["at", "from", "skip", "after"]; // of the URL
const TOP = 200; // pixels: less than this is the beginning

let jumps = 0; // only the last one counts

/** Whether the beginning is in the window. */
export const isAtTop = () => window.scrollY <= TOP;

/** How many assets lie before `tile`, which is in the page. */
export function rankOf(tile) {
  const element = tile.closest(".stretch");
  const place = [...grid.parts.placed()].find(({ part }) => part.element === element);
  return place && place.rank + [...element.querySelectorAll("[data-asset]")].indexOf(tile);
}

/** The tile of the asset at `rank`, or undefined while it is not in the page. */
export function tileAt(rank) {
  const { part, rank: before } = grid.parts.at(rank) ?? {};
  return part?.element && part.element.querySelectorAll("[data-asset]")[rank - before];
}

/** What stands first in the window: `{tile, top, rank, day}`; null in an empty library. */
export function inView() {
  const held = anchorOf(grid.shelf);
  const rank = held && rankOf(held.tile);
  if (rank === undefined) return null;
  const isBefore = (heading) => heading.compareDocumentPosition(held.tile) & Node.DOCUMENT_POSITION_FOLLOWING;
  const day = [...held.tile.closest(".stretch").querySelectorAll(".shelf__day")].findLast(isBefore);
  return { ...held, rank, day: day?.dataset.day ?? "" };
}

/** Scroll `tile` to `top` in the window: by default under what sticks there. */
function scrollToTile(tile, top = covered().top) {
  window.scrollBy({ top: tile.getBoundingClientRect().top - top, behavior: "instant" });
}

/** The tile that `query` leads to, in the page; nothing where that was renewed meanwhile. */
async function bringTile(query, asked) {
  const element = await fetchStretch(grid.shelf, { ...query, ranked: "" }).catch(complain);
  if (!element || asked !== grid.generation) return null;
  const { first, rank } = element.dataset;
  const tile = () => document.getElementById(`asset-${first}`);
  if (!tile()) await bring(element, Number(rank));
  return tile();
}

/**
 * Show the asset that `query` leads to (`from`, `skip`) at the top of the window; its tile. A page
 * that follows a change meanwhile asks again; null once somebody wants to be elsewhere.
 */
export async function jump(query) {
  const { parts } = grid;
  const wish = (jumps += 1);
  let asked;
  let tile;
  do {
    asked = grid.generation += 1;
    tile = await bringTile(query, asked);
  } while (!tile && asked !== grid.generation && wish === jumps && parts === grid.parts);
  if (tile) scrollToTile(tile);
  update();
  return tile;
}

/** Where the page was left: the tile of the URL, as high in the window as it was. */
export function restore() {
  const url = new URL(location.href);
  if (!PLACES.some((name) => url.searchParams.has(name))) return;
  scrollToTile(grid.shelf.querySelector("[data-asset]"), history.state?.top);
}

/** The URL holds the first tile in view, for Back and reload; the rest of the page learns of it. */
export function remember() {
  const seen = inView();
  hold();
  const url = new URL(location.href);
  PLACES.forEach((name) => url.searchParams.delete(name));
  const away = seen && !isAtTop();
  if (away) url.searchParams.set("at", seen.tile.dataset.asset);
  history.replaceState({ ...history.state, top: away ? seen.top : undefined }, "", url);
  document.dispatchEvent(new CustomEvent("library-moved", { detail: seen }));
}

/** Stretches of tiles: fetched, made ready for the page, and their rows filled. */

import { wrapHeight } from "./library-rows.js";
import { searchOf } from "./library-search.js";

/** The stretch that `query` names within the page's search, or null where nothing lies there. */
export async function fetchStretch(shelf, query) {
  const parameters = searchOf();
  parameters.set("layout", shelf.dataset.layout);
  for (const [name, value] of Object.entries(query)) parameters.set(name, value);
  const reply = await fetch(`${shelf.dataset.stretches}?${parameters}`);
  if (!reply.ok || reply.redirected) throw new Error(`status ${reply.status}`);
  const template = document.createElement("template");
  template.innerHTML = await reply.text();
  const element = template.content.firstElementChild;
  if (element) noteServed(element);
  return element;
}

const served = new WeakMap(); // tiles as they came

/** Remember what the server said of each tile, before the page does something to it. */
export function noteServed(element) {
  element.querySelectorAll("[data-asset]").forEach((tile) => served.set(tile, tile.outerHTML));
}

/** Whether the server says the same of `tile` as it said of `old`. */
export const isAsServed = (old, tile) => served.get(old) === served.get(tile);

/** The part of the library that `element` shows. */
export function partOf(element) {
  const tiles = element.querySelectorAll("[data-asset]");
  return { element, count: tiles.length, first: tiles[0].dataset.asset, last: tiles[tiles.length - 1].dataset.asset };
}

/** Keep the first `count` tiles: what follows is in the page already. */
export function cutTo(element, count) {
  [...element.querySelectorAll("[data-asset]")].slice(count).forEach((tile) => tile.remove());
  element.dataset.count = count;
}

/** Let htmx and the other modules know what came. */
export function wake(element) {
  window.htmx.process(element);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: element } }));
}

/** A day that goes on in the next stretch leaves no ragged row between the two. */
export function fillRows(shelf, element) {
  element.style.removeProperty("--row");
  const end = element.lastElementChild;
  end.hidden = false;
  if (!("goesOn" in element.dataset) || shelf.dataset.layout === "list") return;
  const style = getComputedStyle(shelf);
  const [row, gap] = ["--row", "--tile-gap"].map((name) => parseFloat(style.getPropertyValue(name)));
  const ratios = tilesOfLastDay(element).map((tile) => parseFloat(getComputedStyle(tile).getPropertyValue("--ratio")));
  element.style.setProperty("--row", `${wrapHeight(ratios, shelf.clientWidth, gap, row)}px`);
  end.hidden = true;
}

function tilesOfLastDay(element) {
  const found = [];
  for (let child = element.lastElementChild; child && !child.matches(".shelf__day"); child = child.previousElementSibling) {
    if (child.matches(".tile")) found.unshift(child);
  }
  return found;
}

/**
 * What comes near the window is fetched: what was seen before by its ends, a leap into what was
 * never seen by its place in the order.
 */

import { PAGE_SIZE } from "./library-parts.js";
import { grid, isShown, lay, reach, show, trim } from "./library-shelf.js";
import { cutTo, fetchStretch, partOf } from "./library-stretches.js";
import { toast } from "./toasts.js";

const NEAR = 1.25; // windows above and below that are in the page

let busy = false;
let settled = true;

export const complain = () => toast("More could not be loaded. Scroll to try again.", { error: true });

/** Say whether the window rests; leaps are fetched only then. */
export function setSettled(rests) {
  settled = rests;
}

function insert(index, element, place) {
  const { parts } = grid;
  const part = partOf(element);
  const { count } = parts.items[index];
  const bounded = index + 1 < parts.items.length;
  const exhausted = bounded || place === "end" ? part.count < PAGE_SIZE : !("more" in element.dataset);
  if (place === "start") parts.fillStart(index, part, exhausted);
  else if (place === "end") parts.fillEnd(index, part, exhausted);
  else {
    const before = Math.min(place, count - 1);
    if (bounded && before + part.count > count) cutTo(element, count - before);
    parts.fillMiddle(index, partOf(element), before);
    if (!bounded && "more" in element.dataset && parts.items.at(-1).first) parts.items.push({ count: 1 });
  }
  return element;
}

/** What to ask for to fill the gap of `place`, and where in it that goes. */
function gapQuery({ index, top, bottom, rank }) {
  const [previous, next] = [grid.parts.items[index - 1], grid.parts.items[index + 1]];
  const query = { ...(previous && { after: previous.last }), ...(next && { before: next.first }) };
  const [from, to] = reach(0);
  if (from - top < NEAR * window.innerHeight) return { query, place: "start" };
  if (next && bottom - to < NEAR * window.innerHeight) return { query: { ...query, newer: "" }, place: "end" };
  const inside = Math.floor((from - top) / grid.parts.perAsset);
  return { query: { skip: rank + inside, ranked: "" }, place: inside };
}

async function load(place) {
  const { part, index, rank } = place;
  if (part.first) return loadAgain(part);
  const { query, place: where } = gapQuery(place);
  if (Number.isInteger(where) && !settled) return false;
  const asked = grid.generation;
  const element = await fetchStretch(grid.shelf, query);
  if (asked !== grid.generation || grid.parts.items[index] !== part) return true; // changed meanwhile
  if (!element) grid.parts.replace(index, []);
  else show(insert(index, element, Number.isInteger(where) ? Math.max(Number(element.dataset.rank) - rank, 0) : where));
  lay();
  return true;
}

async function loadAgain(part) {
  const asked = grid.generation;
  const element = await fetchStretch(grid.shelf, grid.parts.endsOf(grid.parts.items.indexOf(part)));
  if (asked !== grid.generation) return true;
  if (!element) grid.parts.replace(grid.parts.items.indexOf(part), []);
  else {
    part.element = element;
    part.count = partOf(element).count;
    show(element);
  }
  lay();
  return true;
}

/** Fetch what is near the window, one after the other, until all of it is there. */
export async function update() {
  if (busy || !isShown()) return;
  busy = true;
  try {
    for (;;) {
      const place = grid.parts.missing(...reach(0)) ?? grid.parts.missing(...reach(NEAR));
      if (!place || !(await load(place))) break;
    }
    trim();
    if (settled) document.dispatchEvent(new CustomEvent("library-settled"));
  } catch {
    complain();
  } finally {
    busy = false;
  }
}

/** Put the asset at `rank`, with which `element` begins, into the page. */
export async function bring(element, rank) {
  const place = grid.parts.at(rank);
  if (place.part.first) return place.part.element ? null : loadAgain(place.part);
  show(insert(place.index, element, rank - place.rank));
  return lay();
}

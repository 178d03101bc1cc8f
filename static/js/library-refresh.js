/**
 * The library as it is now, at the same place: what a reload would show, without leaving. It
 * follows the server's word that something changed, in this page or elsewhere; tiles that are as
 * they were stay the same elements. Who has scrolled down is told how many are new at the top.
 */

import { anchorOf } from "./library-anchor.js";
import { begin } from "./library-grid.js";
import { update } from "./library-loading.js";
import { isAtTop, jump } from "./library-place.js";
import { refreshDates } from "./library-scrubber.js";
import { grid, isShown, lay, readPage } from "./library-shelf.js";
import { fetchStretch, isAsServed, partOf, wake } from "./library-stretches.js";
import { Socket } from "./socket.js";

const PAUSE = 1_000; // milliseconds between two refreshes
const TRIES = 3; // while one scrolls on

const pill = document.getElementById("new-pill");
let running = false;
let wanted = false;
let newest = null; // the id of what was first when the beginning was seen last

const tilesIn = (root) => [...root.querySelectorAll("[data-asset]")];

/** How many tiles stand from `tile` to the end of the window. */
function shownFrom(tile) {
  const tiles = tilesIn(grid.shelf);
  const last = tiles.findLastIndex((one) => one.getBoundingClientRect().top < window.innerHeight);
  return last - tiles.indexOf(tile) + 1;
}

/** Stretches from `id` on (null: from the beginning) with at least `number` assets, if there are. */
async function fetchFrom(id, number) {
  const first = await fetchStretch(grid.shelf, id ? { at: id, ranked: "" } : {});
  const found = first ? [first] : [];
  let count = first ? partOf(first).count : 0;
  while (count && count < number && "more" in found.at(-1).dataset) {
    const next = await fetchStretch(grid.shelf, { after: partOf(found.at(-1)).last });
    if (!next) break;
    found.push(next);
    count += partOf(next).count;
  }
  return found;
}

/** What is to be shown in the window now: around what is first in it, or from the beginning. */
async function fetchHere() {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const held = isAtTop() ? null : anchorOf(grid.shelf);
    const id = held?.tile.dataset.asset;
    let elements = await fetchFrom(id, held ? shownFrom(held.tile) : 0);
    if (!elements.length && id) elements = [await fetchStretch(grid.shelf, { before: id, newer: "", ranked: "" })].filter(Boolean);
    const now = isAtTop() ? null : anchorOf(grid.shelf);
    const isThere = !now || now.tile === held?.tile || elements.some((element) => element.querySelector(`#${now.tile.id}`));
    if (isThere) return { elements, held: now };
  }
  return null; // it scrolls too fast; the next rest asks again
}

/** Take what is as it was from the page, so that it does not blink. */
function reuse(elements) {
  for (const tile of elements.flatMap(tilesIn)) {
    const old = document.getElementById(tile.id);
    if (old && grid.shelf.contains(old) && isAsServed(old, tile)) tile.replaceWith(old);
  }
}

/** Places of what was just deleted: the way back in a message puts it there, unseen. */
function keepPlaces() {
  const places = document.getElementById("left-places");
  tilesIn(places).forEach((tile) => tile.remove());
  places.append(...grid.shelf.querySelectorAll("span[hidden][id^='asset-']"));
}

/** Put the focus back where it was: moving an element takes it away. */
function keepFocus(focused) {
  if (!focused || document.activeElement === focused) return;
  const again = focused.isConnected ? focused : document.getElementById(focused.closest("[data-asset]").id)?.querySelector(".tile__link");
  again?.focus({ preventScroll: true });
}

function swap({ elements, held }) {
  const focused = document.activeElement?.closest("#shelf [data-asset]") && document.activeElement;
  reuse(elements);
  keepPlaces();
  grid.shelf.replaceChildren(...elements);
  if (!elements.length) return;
  readPage();
  lay();
  elements.forEach(wake);
  keepFocus(focused);
  if (held) window.scrollBy({ top: placeOf(held) - held.top, behavior: "instant" });
}

/** Where what was `held` stands now; if it is gone, what came into its place. */
function placeOf({ tile }) {
  const there = document.getElementById(tile.id) ?? grid.shelf.querySelector("[data-asset]");
  return there.getBoundingClientRect().top;
}

async function refreshOnce() {
  const asked = grid.generation;
  const found = await fetchHere();
  if (!found || asked !== grid.generation) {
    wanted = true;
    return;
  }
  if (isShown()) swap(found);
  else if (found.elements.length) {
    grid.shelf.replaceChildren(...found.elements);
    begin();
    found.elements.forEach(wake);
  }
  update();
  await Promise.all([refreshDates(), countNew()]);
}

/** Show the library as it is now: at once, and after a pause if more has changed meanwhile. */
export async function refresh() {
  wanted = true;
  if (running) return;
  running = true;
  while (wanted) {
    wanted = false;
    await refreshOnce().catch(() => {}); // the socket or the next change asks again
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  running = false;
}

/** Say how many lie before what was first when the beginning was seen. */
async function countNew() {
  const [first] = grid.parts.items;
  if (isAtTop() && first?.first) newest = first.first;
  if (isAtTop() || !newest) {
    pill.hidden = true;
    return;
  }
  const element = await fetchStretch(grid.shelf, { before: newest, newer: "", ranked: "" });
  const number = element ? Number(element.dataset.rank) + partOf(element).count : 0;
  pill.hidden = number === 0;
  pill.querySelector("span").textContent = `${number.toLocaleString()} new`;
}

/** The first of all: known from the page, or asked for where that begins further down. */
async function learnNewest() {
  const [first] = grid.parts.items;
  const element = first?.first || !first ? null : await fetchStretch(grid.shelf, {}).catch(() => null);
  newest = first?.first ?? element?.dataset.first ?? null;
}

export function startRefreshing() {
  if (!grid.shelf) return;
  learnNewest();
  pill.addEventListener("click", () => {
    pill.hidden = true;
    jump({ skip: 0 });
  });
  document.addEventListener("library-moved", () => isAtTop() && countNew());
  document.addEventListener("listing-replaced", learnNewest);
  document.addEventListener("library-changed", refresh);
  // What changed while nobody listened is caught up with, at the first time too.
  new Socket(grid.shelf.dataset.socket, { opened: refresh, heard: refresh });
}

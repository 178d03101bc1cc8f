/**
 * The library as it is now, at the same place: what a reload would show, without leaving. It
 * follows the server's word that something changed, in this page or elsewhere; tiles that are as
 * they were stay the same elements. Who has scrolled down is told how many are new at the top.
 */

import { anchorOf, keep } from "./library-anchor.js";
import { begin } from "./library-grid.js";
import { update } from "./library-loading.js";
import { isAtTop } from "./library-place.js";
import { refreshDates } from "./library-scrubber.js";
import { grid, hold, isShown, lay, reach, renewParts, show } from "./library-shelf.js";
import { fetchStretch, isAsServed, partOf, wake } from "./library-stretches.js";
import { Socket } from "./socket.js";

const PAUSE = 1_000; // milliseconds between two refreshes
const TRIES = 3; // while one scrolls on

const pill = document.getElementById("new-pill");
let running = false;
let wanted = false;
let newest = null; // the id of what was first when the beginning was seen last

const tilesIn = (root) => [...root.querySelectorAll("[data-asset]")];

/** Parts that the window shows, with their places: neighbours, as they follow each other. */
const inWindow = () => [...grid.parts.placed()].filter(({ part, top, bottom }) => part.element && bottom > reach(0)[0] && top < reach(0)[1]);

/** New elements of the parts at `places`, with all that lies between them now. */
async function fetchParts(places) {
  const elements = [];
  for (const [number, { index, part }] of places.entries()) {
    const query = index === 0 && isAtTop() ? { to: part.last } : grid.parts.endsOf(index);
    elements.push(await fetchStretch(grid.shelf, number ? query : { ...query, ranked: "" }));
  }
  return elements;
}

/** What the window shows as it is now, once it rests on it: `{places, elements}`. */
async function fetchHere() {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { items } = grid.parts;
    const places = inWindow();
    const elements = await fetchParts(places);
    const isStill = grid.parts.items === items && inWindow().every(({ part }) => places.some((place) => place.part === part));
    // Others may have come in between meanwhile, so what counts is where each is now.
    const now = places.map((place) => ({ ...place, index: items.indexOf(place.part) }));
    if (isStill && now.every(({ index }, number) => index === now[0].index + number && index >= 0)) return { places: now, elements };
  }
  return null; // it scrolls too fast; the next change or rest asks again
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
  const link = () => document.getElementById(focused.closest("[data-asset]").id)?.querySelector(".tile__link");
  const again = focused.isConnected ? focused : (focused.id && document.getElementById(focused.id)) || link();
  again?.focus({ preventScroll: true });
}

/** Put `elements` in the place of `places`; what the window does not show comes again when near. */
function swap({ places, elements }) {
  const focused = document.activeElement?.closest("#shelf [data-asset]") && document.activeElement;
  hold();
  const held = isAtTop() ? null : grid.held;
  const fresh = elements.filter(Boolean);
  reuse(fresh);
  keepPlaces();
  renewParts(places, elements);
  fresh.forEach(show);
  lay();
  keepFocus(focused);
  if (held) goOnHolding(held);
}

/** Put what was held where it was; if it is gone, what came into its place. */
function goOnHolding({ tile, top }) {
  const there = document.getElementById(tile.id) ?? anchorOf(grid.shelf)?.tile;
  grid.held = there && { tile: there, top };
  keep(grid.held);
}

const isEmpty = () => !isShown() || !grid.parts.items.length;

/** The library that was empty, that the page began without, or whose last asset had gone. */
async function beginAgain() {
  const element = await fetchStretch(grid.shelf, {});
  if (!element || !isEmpty()) return;
  keepPlaces();
  grid.shelf.replaceChildren(element);
  begin();
  wake(element);
}

async function refreshOnce() {
  const asked = grid.generation;
  const found = isEmpty() ? await beginAgain() : await fetchHere();
  const isAsking = grid.shelf.querySelector(".htmx-request"); // htmx drops what answers a tile that has gone
  const hasMoved = found && asked !== grid.generation; // a jump or another search came between
  if (found === null || isAsking || hasMoved) wanted = true;
  else if (found) swap(found);
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
  pill.addEventListener("click", () => window.scrollTo({ top: 0, behavior: "instant" }));
  // What is new comes in once the beginning is there; a part of the page comes back without it.
  document.addEventListener("library-moved", () => isAtTop() && !pill.hidden && refresh());
  document.addEventListener("listing-replaced", learnNewest);
  document.addEventListener("library-changed", refresh);
  // What changed while nobody listened is caught up with, at the first time too.
  new Socket(grid.shelf.dataset.socket, { opened: refresh, heard: refresh });
}

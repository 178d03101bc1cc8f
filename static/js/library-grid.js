/**
 * The library's grid in a page of bounded size: what is far from the window leaves the page, and
 * empty space of the same height stands for it, so the scroll bar is true and nothing moves. What
 * comes near is fetched again by its ends; a leap into what was never seen is fetched by its place
 * in the order. docs/library.md tells more.
 */

import { anchorOf, headerHeight, keep } from "./library-anchor.js";
import { PAGE_SIZE, Parts } from "./library-parts.js";
import { cutTo, fetchStretch, fillRows, partOf, wake } from "./library-stretches.js";
import { toast } from "./toasts.js";

const NEAR = 1.25; // windows above and below that are in the page
const FAR = 2.5; // windows beyond which a stretch leaves it
const SETTLE = 120; // milliseconds without scrolling before a leap is fetched
const PLACES = ["at", "from", "skip", "after"]; // of the URL
const TOP = 200; // pixels: less than this is the beginning

let shelf = null;
let parts = new Parts();
let end = null;
let busy = false;
let generation = 0; // grows with every search: what was asked before it comes too late
let settled = true;
let settling = 0;
let lastHeld = null; // the anchor as it was before a change of width moves it

const shelfTop = () => shelf.getBoundingClientRect().top + window.scrollY;

function makeBlock(name) {
  const block = document.createElement("div");
  block.className = name;
  return block;
}

/** Read the parts from the page that the server made. */
function readPage() {
  const element = shelf.querySelector(".stretch");
  shelf.querySelector(".shelf__more")?.remove();
  generation += 1;
  parts = new Parts();
  if (!element) return;
  const rank = Number(element.dataset.rank ?? 0);
  const gaps = [rank, "more" in element.dataset ? PAGE_SIZE : 0].map((count) => (count ? [{ count }] : []));
  parts.items = [...gaps[0], partOf(element), ...gaps[1]];
  end = makeBlock("stretch__end");
  shelf.append(end);
  fillRows(shelf, element);
  estimate();
}

function estimate() {
  measure();
  const known = parts.items.filter(({ element }) => element);
  const sum = (key) => known.reduce((total, part) => total + part[key], 0);
  parts.estimate = sum("height") / Math.max(sum("count"), 1);
}

/** Take the exact heights of what is in the page. */
function measure() {
  for (const part of parts.items.filter(({ element }) => element)) {
    const start = part.element.firstElementChild;
    const following = part.element.nextElementSibling;
    const next = following.matches(".stretch") ? following.firstElementChild : following;
    part.height = next.offsetTop - start.offsetTop;
  }
}

/** Make the page what `parts` say: elements in order, space for the rest. */
function lay() {
  const held = anchorOf(shelf);
  const nodes = [];
  let space = 0;
  const addSpace = () => space > 0 && nodes.push(makeSpace(space));
  for (const [index, part] of parts.items.entries()) {
    if (!part.element) space += parts.height(part);
    else {
      addSpace();
      space = 0;
      nodes.push(part.element);
      nameDay(part.element, parts.items[index - 1]);
    }
  }
  addSpace();
  put([...nodes, end]);
  keep(held);
  lastHeld = anchorOf(shelf);
  measure();
}

function makeSpace(height) {
  const space = makeBlock("stretch__space");
  space.style.height = `${height}px`;
  return space;
}

/** A day that began earlier has its name in the stretch before, where that is in the page. */
function nameDay(element, previous) {
  const on = element.querySelector(":scope > .shelf__day--on");
  if (on) on.hidden = Boolean(previous?.element);
}

function put(nodes) {
  const staying = new Set(nodes);
  [...shelf.children].filter((child) => !staying.has(child)).forEach((child) => child.remove());
  nodes.forEach((node, index) => {
    if (shelf.children[index] !== node) shelf.insertBefore(node, shelf.children[index] ?? null);
  });
}

/** Take out what lies far from the window, but never what has the focus. */
function trim() {
  measure();
  const [from, to] = reach(FAR);
  let changed = false;
  for (const { part, top, bottom } of parts.placed()) {
    if (!part.element || (bottom > from && top < to) || part.element.contains(document.activeElement)) continue;
    part.element = null;
    changed = true;
  }
  if (changed) lay();
}

/** The window with `share` of its height on both sides, in pixels of the shelf. */
function reach(share) {
  const top = window.scrollY - shelfTop();
  return [top - share * window.innerHeight, top + (1 + share) * window.innerHeight];
}

function insert(index, element, place) {
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
  const [previous, next] = [parts.items[index - 1], parts.items[index + 1]];
  const query = { ...(previous && { after: previous.last }), ...(next && { before: next.first }) };
  const [from, to] = reach(0);
  if (from - top < NEAR * window.innerHeight) return { query, place: "start" };
  if (next && bottom - to < NEAR * window.innerHeight) return { query: { ...query, newer: "" }, place: "end" };
  const inside = Math.floor((from - top) / parts.perAsset);
  return { query: { skip: rank + inside, ranked: "" }, place: inside };
}

async function load(place) {
  const { part, index, rank } = place;
  if (part.first) return loadAgain(part);
  const { query, place: where } = gapQuery(place);
  if (Number.isInteger(where) && !settled) return false;
  const asked = generation;
  const element = await fetchStretch(shelf, query);
  if (asked !== generation || parts.items[index] !== part) return true; // changed meanwhile
  if (!element) parts.replace(index, []);
  else show(insert(index, element, Number.isInteger(where) ? Math.max(Number(element.dataset.rank) - rank, 0) : where));
  lay();
  return true;
}

async function loadAgain(part) {
  const asked = generation;
  const element = await fetchStretch(shelf, { at: part.first, to: part.last });
  if (asked !== generation) return true;
  if (!element) parts.replace(parts.items.indexOf(part), []);
  else {
    part.element = element;
    part.count = partOf(element).count;
    show(element);
  }
  lay();
  return true;
}

/** Put `element` into the page once, so that its rows can be measured. */
function show(element) {
  const held = anchorOf(shelf);
  const index = parts.items.findIndex((part) => part.element === element);
  const next = parts.items.slice(index + 1).find((part) => part.element)?.element ?? end;
  shelf.insertBefore(element, next);
  fillRows(shelf, element);
  keep(held);
  wake(element);
}

const complain = () => toast("More could not be loaded. Scroll to try again.", { error: true });

/** Fetch what is near the window, one after the other, until all of it is there. */
async function update() {
  if (busy || !end?.isConnected) return;
  busy = true;
  try {
    for (;;) {
      const place = parts.missing(...reach(0)) ?? parts.missing(...reach(NEAR));
      if (!place || !(await load(place))) break;
    }
    trim();
    if (settled) remember();
  } catch {
    complain();
  } finally {
    busy = false;
  }
}

/** What stands first in the window: `{tile, rank, day}`; null in an empty library. */
export function inView() {
  const held = anchorOf(shelf);
  const element = held?.tile.closest(".stretch");
  const place = [...parts.placed()].find(({ part }) => part.element === element);
  if (!element || !place) return null;
  const tiles = [...element.querySelectorAll("[data-asset]")];
  const day = [...element.querySelectorAll(".shelf__day")].findLast((heading) => heading.compareDocumentPosition(held.tile) & Node.DOCUMENT_POSITION_FOLLOWING);
  return { ...held, rank: place.rank + tiles.indexOf(held.tile), day: day?.dataset.day ?? "" };
}

/** Scroll `tile` to `top` in the window: by default under the header and the name of its day. */
function scrollToTile(tile, top = headerHeight() + shelf.querySelector(".shelf__day > span").offsetHeight) {
  window.scrollBy({ top: tile.getBoundingClientRect().top - top, behavior: "instant" });
}

/** Show the asset that `query` leads to (`from`, `skip`) at the top of the window. */
export async function jump(query) {
  const asked = (generation += 1);
  const element = await fetchStretch(shelf, { ...query, ranked: "" }).catch(complain);
  if (!element || asked !== generation) return;
  const { first, rank } = element.dataset;
  const tile = () => document.getElementById(`asset-${first}`);
  if (!tile()) await bring(element, Number(rank));
  if (tile()) scrollToTile(tile());
  update();
}

async function bring(element, rank) {
  const place = parts.at(rank);
  if (place.part.first) return place.part.element ? null : loadAgain(place.part);
  show(insert(place.index, element, rank - place.rank));
  return lay();
}

/** Say how many assets there are, which makes the scroll bar true. */
export function setTotal(total) {
  parts.setTotal(total);
  if (end?.isConnected) lay();
}

/** Where the page was left: the tile of the URL, as high in the window as it was. */
function restore() {
  const url = new URL(location.href);
  const tile = shelf.querySelector("[data-asset]");
  if (!PLACES.some((name) => url.searchParams.has(name))) return;
  scrollToTile(tile, history.state?.top);
}

/** The URL holds the first tile in view, for Back and reload; the rest of the page learns of it. */
function remember() {
  const seen = inView();
  lastHeld = seen;
  const url = new URL(location.href);
  PLACES.forEach((name) => url.searchParams.delete(name));
  const away = seen && window.scrollY > TOP;
  if (away) url.searchParams.set("at", seen.tile.dataset.asset);
  history.replaceState({ ...history.state, top: away ? seen.top : undefined }, "", url);
  document.dispatchEvent(new CustomEvent("library-moved", { detail: seen }));
}

function onScroll() {
  settled = false;
  clearTimeout(settling);
  settling = setTimeout(() => {
    settled = true;
    update();
  }, SETTLE);
  requestAnimationFrame(update);
}

function onResize() {
  parts.forgetHeights();
  parts.items.filter(({ element }) => element).forEach(({ element }) => fillRows(shelf, element));
  estimate();
  lay();
  keep(lastHeld);
  update();
}

function begin() {
  readPage();
  if (!parts.items.length) return;
  lay();
  restore();
  update();
}

export function startGrid() {
  shelf = document.querySelector("#shelf[data-stretches]");
  if (!shelf) return;
  history.scrollRestoration = "manual";
  begin();
  let width = shelf.clientWidth;
  new ResizeObserver(() => {
    if (shelf.clientWidth === width || !end?.isConnected) return;
    width = shelf.clientWidth;
    onResize();
  }).observe(shelf);
  window.addEventListener("scroll", onScroll, { passive: true });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== shelf) return;
    window.scrollTo({ top: 0, behavior: "instant" });
    begin();
  });
}

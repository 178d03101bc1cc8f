/**
 * What of the library is in the page: elements of stretches in order, and empty space of exactly
 * the height of the rest, so the scroll bar is true and nothing moves.
 */

import { anchorOf, keep, stands } from "./library-anchor.js";
import { MOST, PAGE_SIZE, Parts } from "./library-parts.js";
import { fillRows, partOf, wake } from "./library-stretches.js";

const FAR = 2.5; // windows beyond which a stretch leaves the page

export const grid = {
  shelf: null,
  parts: new Parts(),
  end: null, // stands after the last part
  generation: 0, // grows with every search: what was asked before it comes too late
  held: null, // the anchor that stays where it is when the width changes
  width: 0, // for which the rows were laid
};

const shelfTop = () => grid.shelf.getBoundingClientRect().top + window.scrollY;
const inPage = () => grid.parts.items.filter(({ element }) => element);

/** Whether anything is shown. */
export const isShown = () => Boolean(grid.end?.isConnected);

function makeBlock(name) {
  const block = document.createElement("div");
  block.className = name;
  return block;
}

/** Make parts of the stretches that are in the page, of which the first has its rank. */
export function readPage() {
  const elements = [...grid.shelf.querySelectorAll(".stretch")];
  grid.shelf.querySelector(".shelf__more")?.remove();
  grid.generation += 1;
  grid.parts = new Parts();
  if (!elements.length) return;
  const gap = (count) => (count ? [{ count }] : []);
  const before = Number(elements[0].dataset.rank ?? 0);
  const after = "more" in elements.at(-1).dataset ? PAGE_SIZE : 0;
  grid.parts.items = [...gap(before), ...elements.map(partOf), ...gap(after)];
  if (!isShown()) {
    grid.end = makeBlock("stretch__end");
    grid.shelf.append(grid.end);
  }
  elements.forEach((element) => fillRows(grid.shelf, element));
  estimate();
}

/** The height of what was never seen, from what is in the page. */
export function estimate() {
  measure();
  const sum = (key) => inPage().reduce((total, part) => total + part[key], 0);
  grid.parts.estimate = sum("height") / Math.max(sum("count"), 1);
}

/** Take the exact heights of what is in the page. */
function measure() {
  for (const part of inPage()) {
    const start = part.element.firstElementChild;
    const following = part.element.nextElementSibling;
    const next = following.matches(".stretch") ? following.firstElementChild : following;
    part.height = next.offsetTop - start.offsetTop;
  }
}

/** Make the page what the parts say: elements in order, space for the rest. */
export function lay() {
  const held = anchorOf(grid.shelf);
  const nodes = [];
  let space = 0;
  const addSpace = () => space > 0 && nodes.push(makeSpace(space));
  for (const [index, part] of grid.parts.items.entries()) {
    if (!part.element) space += grid.parts.height(part);
    else {
      addSpace();
      space = 0;
      nodes.push(part.element);
      nameDay(part.element, grid.parts.items[index - 1]);
    }
  }
  addSpace();
  put([...nodes, grid.end]);
  keep(held);
  hold();
  measure();
}

/**
 * Hold what stands first in the window, until one scrolls: the rows of another width begin with
 * other tiles, and when the old width is back, the old row must be. A new width that was not laid
 * out yet has moved things on its own.
 */
export function hold() {
  if (grid.shelf.clientWidth === grid.width && !stands(grid.held)) grid.held = anchorOf(grid.shelf);
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
  [...grid.shelf.children].filter((child) => !staying.has(child)).forEach((child) => child.remove());
  nodes.forEach((node, index) => {
    if (grid.shelf.children[index] !== node) grid.shelf.insertBefore(node, grid.shelf.children[index] ?? null);
  });
}

/** Put `element` into the page once, so that its rows can be measured. */
export function show(element) {
  const held = anchorOf(grid.shelf);
  const index = grid.parts.items.findIndex((part) => part.element === element);
  const next = grid.parts.items.slice(index + 1).find((part) => part.element?.parentNode === grid.shelf)?.element ?? grid.end;
  grid.shelf.insertBefore(element, next);
  fillRows(grid.shelf, element);
  keep(held);
  wake(element);
}

/** What came in the place of the part that ended with `last`; with the rest where it is too much. */
function partsOf(element, last) {
  if (!element) return [];
  const part = partOf(element);
  return part.count < MOST || part.last === last ? [part] : [part, { count: PAGE_SIZE }];
}

/** Take `elements` for the parts at `places`, which follow each other; others leave the page. */
export function renewParts(places, elements) {
  grid.generation += 1;
  const { items } = grid.parts;
  const [start, end] = [places[0].index, places.at(-1).index + 1];
  items.forEach((part) => delete part.element);
  const last = elements.at(-1);
  const rest = last && !("more" in last.dataset) ? [] : items.slice(end);
  if (last && "more" in last.dataset && !rest.length) rest.push({ count: 1 });
  const fresh = elements.flatMap((element, number) => partsOf(element, places[number].part.last));
  grid.parts.items = [...items.slice(0, start), ...fresh, ...rest];
  if (elements[0]) grid.parts.setRank(start, Number(elements[0].dataset.rank));
}

/** Take out what lies far from the window, but never what has the focus. */
export function trim() {
  measure();
  const [from, to] = reach(FAR);
  let changed = false;
  for (const { part, top, bottom } of grid.parts.placed()) {
    if (!part.element || (bottom > from && top < to) || part.element.contains(document.activeElement)) continue;
    part.element = null;
    changed = true;
  }
  if (changed) lay();
}

/** The window with `share` of its height on both sides, in pixels of the shelf. */
export function reach(share) {
  const top = window.scrollY - shelfTop();
  return [top - share * window.innerHeight, top + (1 + share) * window.innerHeight];
}

/** Say how many assets there are, which makes the scroll bar true. */
export function setTotal(total) {
  grid.parts.setTotal(total);
  if (isShown()) lay();
}

/** The rows again, as wide as the page is now, with what was held in its place. */
export function fitWidth() {
  grid.parts.forgetHeights();
  inPage().forEach(({ element }) => fillRows(grid.shelf, element));
  estimate();
  lay();
  keep(grid.held);
  grid.width = grid.shelf.clientWidth;
}

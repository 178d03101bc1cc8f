/**
 * A collection's tiles in their owner's order: dragged with the pointer, or moved with Alt and
 * an arrow key. The page moves first; where the server refuses, the tile goes back.
 */

import { toast } from "./toasts.js";

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export const tilesOf = (shelf) => [...shelf.querySelectorAll(":scope > .tile")];

/** `items` with `item` where the item at `index` was. */
export function moved(items, item, index) {
  const others = items.filter((other) => other !== item);
  others.splice(index, 0, item);
  return others;
}

/** The place for `item` dropped before (or after) `target`: an index in the order without it. */
export function placeBeside(items, item, target, after) {
  const at = items.filter((other) => other !== item).indexOf(target);
  return after ? at + 1 : at;
}

/** Put `tile` at `index` among its neighbours. */
function show(shelf, tile, index) {
  const order = moved(tilesOf(shelf), tile, index);
  const next = order[index + 1];
  if (next) next.before(tile);
  else order[index - 1]?.after(tile);
}

/** `moves` in their order, in one request that outlives the page. */
async function save(shelf, moves) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const body = new URLSearchParams(moves.flatMap(({ tile, placeOf }) => [["asset", tile.dataset.asset], ["place_of", placeOf.dataset.asset]]));
  const headers = { "X-CSRFToken": token };
  const reply = await fetch(shelf.dataset.orderUrl, { method: "POST", body, headers, keepalive: true });
  if (!reply.ok) throw new Error(reply.statusText);
}

// One request after the other: each move names a neighbour in the order that the one before made.
let waiting = [];
let isSaving = false;

function takeBack(shelf, moves) {
  moves.reverse().forEach(({ tile, from }) => show(shelf, tile, from));
  toast("The order was not saved. Reload the page and try again.", { error: true });
}

async function saveWaiting(shelf) {
  if (isSaving) return;
  isSaving = true;
  while (waiting.length) {
    const moves = waiting.splice(0);
    await save(shelf, moves).catch(() => takeBack(shelf, moves));
  }
  isSaving = false;
}

/** Whoever leaves the page has no time to wait for the request before. */
function saveAtOnce(shelf) {
  if (waiting.length) save(shelf, waiting.splice(0)).catch(() => {});
}

/** Show and keep `tile` at `index` of the order. */
export function move(shelf, tile, index) {
  const before = tilesOf(shelf);
  const from = before.indexOf(tile);
  if (index === from || !before[index]) return;
  show(shelf, tile, index);
  document.getElementById("order-said").textContent = `Moved to place ${index + 1}`;
  waiting.push({ tile, placeOf: before[index], from });
  saveWaiting(shelf);
}

function byKeys(shelf, event) {
  const tile = event.target.closest(".tile");
  if (!event.altKey || !(event.key in STEPS) || !tile) return;
  event.preventDefault(); // Alt and left would go back a page
  const focused = document.activeElement;
  move(shelf, tile, tilesOf(shelf).indexOf(tile) + STEPS[event.key]);
  focused.focus();
}

/** Mark where what is dragged would land: before `target`, or `after` it. */
export function mark(shelf, target, after) {
  shelf.querySelectorAll("[data-drop]").forEach((tile) => tile.removeAttribute("data-drop"));
  if (target) target.dataset.drop = after ? "after" : "before";
}

/** Whether the pointer is on the far half of `tile`. */
export function isAfter(event, tile) {
  const box = tile.getBoundingClientRect();
  return event.clientX > box.left + box.width / 2;
}

function byPointer(shelf) {
  let dragged = null;
  shelf.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".tile");
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  shelf.addEventListener("dragover", (event) => {
    const target = event.target.closest(".tile");
    if (!dragged || !target) return;
    event.preventDefault();
    mark(shelf, target === dragged ? null : target, isAfter(event, target));
  });
  shelf.addEventListener("drop", (event) => {
    const target = event.target.closest(".tile");
    if (!dragged || !target || target === dragged) return;
    event.preventDefault();
    move(shelf, dragged, placeBeside(tilesOf(shelf), dragged, target, isAfter(event, target)));
  });
  shelf.addEventListener("dragend", () => {
    mark(shelf, null);
    dragged?.classList.remove("is-dragged");
    dragged = null;
  });
}

export function startOrdering(shelf) {
  const prepare = () => tilesOf(shelf).forEach((tile) => {
    tile.querySelector(".tile__link").setAttribute("aria-describedby", "order-help");
  });
  prepare();
  document.addEventListener("htmx:load", prepare);
  shelf.addEventListener("keydown", (event) => byKeys(shelf, event));
  byPointer(shelf);
  window.addEventListener("pagehide", () => saveAtOnce(shelf));
}

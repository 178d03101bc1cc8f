/**
 * The library by keyboard. One tile at a time is a stop for Tab, with its buttons behind it; arrows
 * and the keys that scroll go from tile to tile, also to those that are not in the page yet.
 */

import { covered } from "./floating.js";
import { startHelp } from "./help.js";
import { trashSelection } from "./library-batches.js";
import { inView, jump, rankOf, tileAt } from "./library-place.js";
import { grid } from "./library-shelf.js";
import { choose } from "./selecting.js";
import { takesText } from "./undo-key.js";

const STOPS = "a, button, input";
const APART = 2; // pixels: what is less apart is in one row

let current = null; // the id of the tile that is a stop

const tiles = () => [...grid.shelf.querySelectorAll("[data-asset]")];
const currentTile = () => document.getElementById(current);
const topOf = (tile) => tile.getBoundingClientRect().top;

function middleOf(tile) {
  const box = tile.getBoundingClientRect();
  return box.left + box.width / 2;
}

function letStop(tile, stops) {
  tile?.querySelectorAll(STOPS).forEach((element) => {
    if (stops) element.removeAttribute("tabindex");
    else element.tabIndex = -1;
  });
}

/** Make `tile` the one that Tab stops at. */
function setStop(tile) {
  if (tile.id !== current) letStop(currentTile(), false);
  current = tile.id;
  letStop(tile, true);
}

/** New tiles are no stops; where the one that was has left, the first in the window is. */
function renew() {
  const kept = currentTile();
  tiles().forEach((tile) => tile !== kept && letStop(tile, false));
  if (kept && grid.shelf.contains(kept)) letStop(kept, true);
  else if (inView()) setStop(inView().tile);
}

function followWindow({ detail }) {
  if (detail && !grid.shelf.contains(document.activeElement)) setStop(detail.tile);
}

/** Scroll no further than it takes to see `tile`. */
function reveal(tile) {
  const { top, bottom } = tile.getBoundingClientRect();
  const { top: first, bottom: below } = covered();
  const last = window.innerHeight - below;
  if (top < first) window.scrollBy({ top: top - first, behavior: "instant" });
  else if (bottom > last) window.scrollBy({ top: Math.min(bottom - last, top - first), behavior: "instant" });
}

function focusTile(tile) {
  if (!tile) return;
  setStop(tile);
  tile.querySelector(".tile__link").focus({ preventScroll: true });
  reveal(tile);
}

/** To the asset at `rank`, which is fetched where it is not in the page. */
async function goTo(rank) {
  const at = Math.min(Math.max(rank, 0), grid.parts.total - 1);
  focusTile(tileAt(at) ?? (await jump({ skip: at })));
}

/** Of `some`, what stands nearest under or over `middle`. */
export function nearest(some, middle) {
  return some.reduce((best, one) => (best && Math.abs(middleOf(best) - middle) <= Math.abs(middleOf(one) - middle) ? best : one), null);
}

/** The tile in the row below (1) or above (-1) `tile`, or undefined at the end of the page. */
function inNextRow(tile, by) {
  const all = by > 0 ? tiles() : tiles().reverse();
  const behind = all.slice(all.indexOf(tile) + 1).filter((one) => Math.abs(topOf(one) - topOf(tile)) > APART);
  return nearest(behind.filter((one) => Math.abs(topOf(one) - topOf(behind[0])) <= APART), middleOf(tile));
}

function byRow(tile, by) {
  const next = inNextRow(tile, by);
  if (next) focusTile(next);
  else goTo(rankOf(tile) + by);
}

/** A window up or down: what stands there goes where `tile` is. */
function byWindow(tile, by) {
  const [top, middle] = [topOf(tile), middleOf(tile)];
  const wanted = top + by * (window.innerHeight - covered().top - covered().bottom);
  const row = tiles().reduce((best, one) => (Math.abs(topOf(one) - wanted) < Math.abs(topOf(best) - wanted) ? one : best));
  const next = nearest(tiles().filter((one) => Math.abs(topOf(one) - topOf(row)) <= APART), middle);
  window.scrollBy({ top: topOf(next) - top, behavior: "instant" });
  focusTile(next);
}

const press = (selector) => (tile) => tile.querySelector(selector)?.click();

const ON_TILE = {
  ArrowRight: (tile) => goTo(rankOf(tile) + 1),
  ArrowLeft: (tile) => goTo(rankOf(tile) - 1),
  ArrowDown: (tile) => byRow(tile, 1),
  ArrowUp: (tile) => byRow(tile, -1),
  PageDown: (tile) => byWindow(tile, 1),
  PageUp: (tile) => byWindow(tile, -1),
  Home: () => goTo(0),
  End: () => goTo(grid.parts.total - 1),
  x: (tile, event) => choose(tile, event.shiftKey),
  f: press("[data-favourite]"),
  c: press("[data-collect]"),
  d: press("[href$='/download/']"),
  Delete: (tile) => trashSelection() || press("[data-goes]")(tile),
};
const ANYWHERE = {
  "/": () => document.getElementById("words").select(),
  "?": () => document.getElementById("shortcuts").showModal(),
  Delete: trashSelection,
};

/** What `event` asks for, or nothing. */
function actionOf(event, tile) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (tile && key === " " && event.target.matches(".tile__link")) return ON_TILE.x;
  return (tile && ON_TILE[key]) ?? ANYWHERE[key] ?? null;
}

const isElsewhere = (target) => takesText(target) || document.querySelector("dialog[open]") || target.closest?.("[popover], #panel, .scrubber");

function onKey(event) {
  if (event.defaultPrevented || isElsewhere(event.target)) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
    event.preventDefault();
    document.querySelector("[data-select-all]").click();
    return;
  }
  const tile = event.target.closest?.("#shelf [data-asset]");
  const action = actionOf(event, tile);
  if (!action) return;
  event.preventDefault();
  action(tile, event);
}

export function startLibraryKeys() {
  if (!grid.shelf) return;
  renew();
  document.addEventListener("keydown", onKey);
  grid.shelf.addEventListener("focusin", ({ target }) => {
    const tile = target.closest("[data-asset]");
    if (tile) setStop(tile);
  });
  document.addEventListener("htmx:load", renew);
  document.addEventListener("library-moved", followWindow);
  startHelp();
}

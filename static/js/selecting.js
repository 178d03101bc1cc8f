/**
 * How assets are selected, in the workspace and in the library: a tile's checkbox, Ctrl+click,
 * Shift+click for a range, a long press, a whole job, all that match. Ranges come from the server,
 * so they include what is not loaded. Selecting is a place in the history: Back ends it.
 */

import { startLongPress } from "./long-press.js";
import { assetOf, awaitMore, endSelection, forgetGone, isSelected, isSelecting, MOST, select, selectAll, showSelection, startSelection } from "./selection.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("selection");
const box = document.getElementById(bar?.dataset.of);
let anchor = null; // the asset that a range begins at
let ended = 0; // selections: what was asked for in an earlier one comes too late
let filter = () => ""; // of the page, as a query string

const inUrl = () => new URL(location.href).searchParams.has("select");

function enter() {
  if (isSelecting()) return;
  if (!inUrl()) {
    const url = new URL(location.href);
    url.searchParams.set("select", "on");
    history.pushState({}, "", url);
  }
  startSelection();
}

/** End the selection. */
export function stopSelecting() {
  if (!isSelecting()) return;
  anchor = null;
  ended += 1;
  endSelection();
  if (!inUrl()) return;
  const url = new URL(location.href);
  url.searchParams.delete("select");
  history.replaceState({}, "", url);
}

const number = (count) => count.toLocaleString();

/** Say what a selection left out, if anything: `total` were meant. */
function tellLeftOut(fits, total) {
  if (fits && total <= MOST) return;
  const of = total > MOST ? ` of ${number(total)}` : "";
  toast(`${number(MOST)}${of} are selected, the most at a time. Do what you want with them, then select the others.`, { error: true });
}

/** `{assets, total}` that the server finds for `query` within the page's filter. */
async function find(query) {
  const parameters = new URLSearchParams(filter());
  for (const [name, value] of Object.entries(query)) parameters.set(name, value);
  const reply = await fetch(`${bar.dataset.findUrl}?${parameters}`);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.json();
}

/** All that match, or a range of them: by a query where they are too many to name. */
async function selectFound(range) {
  const asked = ended;
  try {
    const { assets, total, query } = await awaitMore(find(range));
    if (asked !== ended) return;
    enter();
    if (query !== undefined && total > MOST && !range.from) selectAll(query, total);
    else tellLeftOut(select(assets), total);
  } catch {
    toast("They could not be selected. Try again.", { error: true });
  }
}

function toggle(tile) {
  enter();
  const asset = assetOf(tile);
  const selected = !isSelected(asset.id);
  anchor = selected ? asset.id : null;
  tellLeftOut(select([asset], selected), 1);
}

/** Select `tile` or leave it out; with `range` all from the last one to it. */
export function choose(tile, range = false) {
  if (range && anchor) selectFound({ from: anchor, to: tile.dataset.asset });
  else toggle(tile);
}

function chooseJob(section) {
  enter();
  const assets = [...section.querySelectorAll("[data-asset]")].map(assetOf);
  tellLeftOut(select(assets, !assets.every(({ id }) => isSelected(id))), assets.length);
}

/** Clicks on tiles belong to the selection while selecting, and with Ctrl, Cmd or Shift held. */
function onTile(event) {
  const tile = event.target.closest("[data-asset]");
  if (!tile || !box.contains(tile)) return;
  const onBox = event.target.closest(".tile__select");
  const onLink = event.target.closest(".tile__link");
  const held = event.ctrlKey || event.metaKey || event.shiftKey;
  if (!onBox && !(onLink && (isSelecting() || held))) return;
  if (onBox && event.target.matches("label")) return; // its checkbox gets a click of its own
  event.stopPropagation();
  if (!onBox) event.preventDefault();
  choose(tile, event.shiftKey);
}

const buttons = {
  "[data-start-selecting]": enter,
  "[data-stop-selecting]": stopSelecting,
  "[data-select-all]": () => selectFound({}),
  "[data-select-job]": (button) => chooseJob(button.closest("section")),
};

function onButton(event) {
  for (const [selector, press] of Object.entries(buttons)) {
    const button = event.target.closest(selector);
    if (button) press(button);
  }
}

/** Let the assets of the page be selected; `pageFilter` gives what it is narrowed to now. */
export function startSelecting(pageFilter) {
  if (!bar) return;
  filter = pageFilter;
  startLongPress(box, "[data-asset] .tile__link", (link) => choose(link.closest("[data-asset]")));
  document.addEventListener("click", onTile, { capture: true });
  document.addEventListener("click", onButton);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!document.querySelector("dialog[open], [popover]:popover-open:not(#toasts)")) stopSelecting();
  });
  document.addEventListener("groups-changed", () => isSelecting() && forgetGone());
  document.addEventListener("htmx:load", ({ detail }) => isSelecting() && box.contains(detail.elt) && showSelection());
  document.addEventListener("listing-replaced", stopSelecting);
  document.addEventListener("batch-done", stopSelecting);
  const travelled = () => (inUrl() ? enter() : stopSelecting());
  window.addEventListener("popstate", travelled);
  document.addEventListener("page-travelled", travelled);
  if (inUrl()) enter();
}

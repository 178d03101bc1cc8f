/**
 * How assets are selected: a tile's checkbox, Ctrl+click, Shift+click for a range, a whole job,
 * all that match. Ranges come from the server, so they include what is not loaded. Selecting
 * is a place in the history: Back ends it.
 */

import { filterOf } from "./filters.js";
import { assetOf, awaitMore, endSelection, forgetGone, isSelected, isSelecting, MOST, select, startSelection } from "./selection.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("selection");
let anchor = null; // the asset that a range begins at
let ended = 0; // selections: what was asked for in an earlier one comes too late

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

function leave() {
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
  const parameters = new URLSearchParams(filterOf(location.search));
  for (const [name, value] of Object.entries(query)) parameters.set(name, value);
  const reply = await fetch(`${bar.dataset.findUrl}?${parameters}`);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.json();
}

async function selectFound(query) {
  const asked = ended;
  try {
    const { assets, total } = await awaitMore(find(query));
    if (asked === ended) tellLeftOut(select(assets), total);
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

function choose(tile, range) {
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
  const tile = event.target.closest("#job-groups [data-asset]");
  if (!tile) return;
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
  "[data-stop-selecting]": leave,
  "[data-select-all]": () => selectFound({}),
  "[data-select-job]": (button) => chooseJob(button.closest("section")),
};

function onButton(event) {
  for (const [selector, press] of Object.entries(buttons)) {
    const button = event.target.closest(selector);
    if (button) press(button);
  }
}

export function startSelecting() {
  document.addEventListener("click", onTile, { capture: true });
  document.addEventListener("click", onButton);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!document.querySelector("dialog[open], [popover]:popover-open:not(#toasts)")) leave();
  });
  document.addEventListener("groups-changed", () => isSelecting() && forgetGone());
  document.addEventListener("listing-replaced", leave);
  document.addEventListener("batch-done", leave);
  window.addEventListener("popstate", () => (inUrl() ? enter() : leave()));
  if (inUrl()) enter();
}

/**
 * The viewer: one asset over the whole window. `?view=<id>` is its URL, so Back closes it and
 * a reload opens it again; `?view=<id>&compare=<id>` holds two against each other. Links with
 * `data-view` open it; arrows go through them in order.
 */

import { compareKeys, startCompare } from "./compare.js";
import { startGestures } from "./gestures.js";
import { playerKeys, renewPlayer, startPlayer } from "./player.js";
import { toast } from "./toasts.js";
import { idOf, neighbour, neighbourFurther, tileLinks } from "./viewer-order.js";
import { forget, pageOf, preload } from "./viewer-pages.js";
import { fit, isZoomed, panKeys, startZoom, zoomKeys } from "./zoom.js";

const dialog = document.getElementById("lightbox");
const content = document.getElementById("lightbox-content");

const parameter = (name) => new URL(location.href).searchParams.get(name);
const wanted = () => parameter("view");
const viewer = () => content.querySelector("[data-viewer]");
const shown = () => viewer()?.dataset.viewer;
const compared = () => viewer()?.dataset.comparing ?? null;

/** Where the server has the page that the URL wants. */
const wantedPath = () => (parameter("compare") ? `${wanted()}/comparison/${parameter("compare")}/` : `${wanted()}/`);
let beside = []; // the neighbours of what is shown, known before it goes away
let isLeaving = false; // until the browser is there
let loads = 0; // only the last one counts
let tileSays = null; // "kept", "saved", or null for no tile, when what is shown was put in

/** Put the wanted page into the window, unless something else is wanted by then. */
async function load() {
  const asked = (loads += 1);
  const path = wantedPath();
  const html = await pageOf(path);
  if (asked !== loads || wantedPath() !== path) return;
  if (!html) {
    toast(html === null ? "It is no longer in the workspace." : "It could not be fetched. Check the connection and try again.", { error: true });
    leave();
    return;
  }
  put(html);
}

function put(html) {
  const hadFocus = content.contains(document.activeElement);
  content.innerHTML = html;
  htmx.process(content);
  if (!dialog.open) open();
  fit();
  renewPlayer();
  if (hadFocus || !dialog.contains(document.activeElement)) focusStage();
  tileSays = stateOf(shown());
  if (compared()) return;
  beside = [1, -1].map((by) => neighbour(shown(), viewer(), by)).filter(Boolean);
  preload(beside.map((id) => `${id}/`));
}

/** Toasts come along: what is outside an open dialog cannot be pressed. */
function moveToasts(place) {
  const toasts = document.getElementById("toasts");
  place.append(toasts);
  if (toasts.children.length) toasts.showPopover();
}

const focusStage = () => content.querySelector("[data-stage], [data-compare-stage]").focus();

function open() {
  dialog.returnValue = "";
  dialog.showModal();
  moveToasts(dialog);
  focusStage();
}

/** Make the window show what the URL says. */
function follow() {
  const id = wanted();
  if (!id) dialog.close();
  else if (id !== shown() || parameter("compare") !== compared() || !dialog.open) load();
}

/**
 * Go to `id`'s URL, or to that which compares it with `compare`. Opening and comparing are
 * steps that Back takes back, turning is not.
 */
function go(id, { compare = null, replace = dialog.open } = {}) {
  const url = new URL(location.href);
  url.searchParams.set("view", id);
  if (compare) url.searchParams.set("compare", compare);
  else url.searchParams.delete("compare");
  const depth = (history.state?.depth ?? 0) + (replace ? 0 : 1);
  history[replace ? "replaceState" : "pushState"]({ depth }, "", url);
  follow();
}

/** Close by going back to where the viewer was opened from: once, however often it is pressed. */
function leave() {
  const depth = history.state?.depth ?? 0;
  if (!depth) dialog.close();
  else if (!isLeaving) history.go(-depth);
  isLeaving = depth > 0;
}

/** From what is wanted, which may not be shown yet: no press is lost. */
async function turn(by) {
  const from = wanted();
  if (!from || parameter("compare")) return;
  const next = await neighbourFurther(from, viewer(), by);
  if (next && from === wanted()) go(next);
}

function closed() {
  const link = tileLinks().find((candidate) => idOf(candidate) === shown());
  moveToasts(document.body);
  content.replaceChildren();
  forget();
  if (wanted()) {
    const url = new URL(location.href);
    url.searchParams.delete("view");
    url.searchParams.delete("compare");
    history.replaceState({}, "", url);
  }
  if (dialog.returnValue === "recalled") return; // the prompt has the focus
  link?.scrollIntoView({ block: "nearest" });
  link?.focus({ preventScroll: true });
}

function toggleDetails() {
  const button = dialog.querySelector("[data-lightbox-details]");
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
}

const press = (selector) => () => content.querySelector(selector)?.click();
const keys = {
  PageUp: () => turn(-1),
  PageDown: () => turn(1),
  i: toggleDetails,
  s: press('[data-action="save"]'),
  d: press("[data-download]"),
  Delete: press('[data-action="delete"]'),
  ...zoomKeys,
};
const singleKeys = { ...keys, c: press("[data-compare-picker] summary") };
const turnKeys = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) };

/** What `event`'s key does here, where it has no meaning of its own. */
function actionOf(event) {
  if (!dialog.open || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.target.closest("textarea, select, input:not([type=range])")) return null;
  if (event.target.closest("input, [role=menu]") && event.key.startsWith("Arrow")) return null;
  if (event.key === " " && event.target.closest("button, a, summary")) return null;
  if (compared()) return { i: toggleDetails, ...compareKeys }[event.key];
  const playing = viewer()?.dataset.kind === "video" ? playerKeys : {};
  return { ...singleKeys, ...playing, ...(isZoomed() ? panKeys : turnKeys) }[event.key];
}

/** Hold another asset against the one that is shown, change their places, or go back to one. */
function comparing(target) {
  const other = target.closest("[data-compare]");
  const swap = target.closest("[data-compare-swap]");
  if (other) go(shown(), { compare: other.dataset.compare, replace: false });
  if (swap) go(swap.dataset.second, { compare: swap.dataset.first });
  if (target.closest("[data-compare-end]")) go(shown());
  return Boolean(other);
}

/** What was dismissed or deleted makes way for its neighbour; what was saved says so. */
function acted(event) {
  const { action, asset_ids: id } = event.detail;
  forget();
  if (!dialog.open || id !== shown()) return;
  const now = stateOf(id);
  if (now && now === tileSays) return; // `followPage` has seen to it
  if (action === "save" || now) load();
  else if (beside.length) go(beside[0]);
  else leave();
}

/** What the page's tile of an asset says of it. */
function stateOf(id) {
  const tile = document.querySelector(`#job-groups [data-asset="${id}"]`);
  return tile && (tile.querySelector(".badge--saved") ? "saved" : "kept");
}

/** What another tab, or an undo, did to the asset that is shown. */
function followPage() {
  forget();
  const now = stateOf(shown());
  if (!dialog.open || compared() || now === tileSays) return;
  tileSays = now;
  const next = beside.find(stateOf);
  if (now) load();
  else if (next) go(next);
  else {
    toast("It is no longer in the workspace.");
    leave();
  }
}

const swipes = { next: () => turn(1), previous: () => turn(-1), dismiss: press('[data-action="dismiss"]') };

export function startLightbox() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(idOf(link));
  });
  dialog.addEventListener("click", (event) => {
    if (comparing(event.target)) event.preventDefault();
    if (event.target.closest("[data-lightbox-close]")) leave();
    if (event.target.closest("[data-lightbox-details]")) toggleDetails();
    if (event.target.closest("[data-lightbox-previous]")) turn(-1);
    if (event.target.closest("[data-lightbox-next]")) turn(1);
  });
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("close", closed);
  window.addEventListener("popstate", () => {
    isLeaving = false;
    follow();
  });
  document.addEventListener("acted", acted);
  document.addEventListener("groups-changed", followPage);
  startZoom(dialog);
  startGestures(dialog, (swipe) => swipes[swipe]());
  startPlayer();
  startCompare();
  follow();
}

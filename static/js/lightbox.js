/**
 * The viewer: one asset over the whole window. `?view=<id>` is its URL, so Back closes it and
 * a reload opens it again. Links with `data-view` open it; arrows go through them in order.
 */

import { startGestures } from "./gestures.js";
import { playerKeys, renewPlayer, startPlayer } from "./player.js";
import { toast } from "./toasts.js";
import { idOf, neighbour, neighbourFurther, tileLinks } from "./viewer-order.js";
import { forget, pageOf, preload } from "./viewer-pages.js";
import { fit, isZoomed, panKeys, startZoom, zoomKeys } from "./zoom.js";

const dialog = document.getElementById("lightbox");
const content = document.getElementById("lightbox-content");

const wanted = () => new URL(location.href).searchParams.get("view");
const viewer = () => content.querySelector("[data-viewer]");
const shown = () => viewer()?.dataset.viewer;
let beside = []; // the neighbours of what is shown, known before it goes away

/** Put the page of `id` into the window, unless something else is wanted by then. */
async function load(id) {
  const html = await pageOf(`${id}/`);
  if (wanted() !== id) return;
  if (html === null) {
    toast("It is no longer in the workspace.", { error: true });
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
  if (hadFocus || !dialog.contains(document.activeElement)) content.querySelector("[data-stage]").focus();
  beside = [neighbour(viewer(), 1), neighbour(viewer(), -1)].filter(Boolean);
  preload(beside.map((id) => `${id}/`));
}

/** Toasts come along: what is outside an open dialog cannot be pressed. */
function moveToasts(place) {
  const toasts = document.getElementById("toasts");
  place.append(toasts);
  if (toasts.children.length) toasts.showPopover();
}

function open() {
  dialog.returnValue = "";
  dialog.showModal();
  moveToasts(dialog);
  content.querySelector("[data-stage]").focus();
}

/** Make the window show what the URL says. */
function follow() {
  const id = wanted();
  if (!id) dialog.close();
  else if (id !== shown() || !dialog.open) load(id);
}

/** Go to `id`'s URL; opening is a step that Back takes back, turning is not. */
export function go(id, { replace = dialog.open } = {}) {
  const url = new URL(location.href);
  url.searchParams.set("view", id);
  const depth = (history.state?.depth ?? 0) + (replace ? 0 : 1);
  history[replace ? "replaceState" : "pushState"]({ depth }, "", url);
  follow();
}

/** Close by going back to where the viewer was opened from. */
function leave() {
  const depth = history.state?.depth ?? 0;
  if (depth) history.go(-depth);
  else dialog.close();
}

async function turn(by) {
  const from = viewer();
  const next = from && (await neighbourFurther(from, by));
  if (next && from === viewer()) go(next);
}

function closed() {
  const link = tileLinks().find((candidate) => idOf(candidate) === shown());
  moveToasts(document.body);
  content.replaceChildren();
  forget();
  if (wanted()) {
    const url = new URL(location.href);
    url.searchParams.delete("view");
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
const turnKeys = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) };

/** What `event`'s key does here, where it has no meaning of its own. */
function actionOf(event) {
  if (!dialog.open || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.target.closest("textarea, select, input:not([type=range])")) return null;
  if (event.target.closest("input, [role=menu]") && event.key.startsWith("Arrow")) return null;
  if (event.key === " " && event.target.closest("button, a, summary")) return null;
  const playing = viewer()?.dataset.kind === "video" ? playerKeys : {};
  return { ...keys, ...playing, ...(isZoomed() ? panKeys : turnKeys) }[event.key];
}

/** What was dismissed or deleted makes way for its neighbour; what was saved says so. */
function acted(event) {
  const { action, asset_ids: id } = event.detail;
  forget();
  if (!dialog.open || id !== shown()) return;
  const stays = tileLinks().some((link) => idOf(link) === id);
  if (action === "save" || stays) load(id);
  else if (beside.length) go(beside[0]);
  else leave();
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
  window.addEventListener("popstate", follow);
  document.addEventListener("acted", acted);
  document.addEventListener("groups-changed", forget);
  startZoom(dialog);
  startGestures(dialog, (swipe) => swipes[swipe]());
  startPlayer();
  follow();
}

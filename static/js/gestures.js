/**
 * Pointers on the viewer's stage: two fingers pinch, one pointer pans what is zoomed, one
 * finger swipes sideways to turn and down to dismiss.
 */

import { draw, fromCentre, isZoomed, panBy, zoomBy } from "./zoom.js";

const FAR = 70; // CSS pixels that make a swipe
const FAST = 0.5; // CSS pixels per millisecond that make a short one count

const pointers = new Map();
let start = null;

/** What a finger's way means: "next", "previous", "dismiss" or null. */
export function swipeOf({ dx, dy, ms }) {
  const way = Math.max(Math.abs(dx), Math.abs(dy));
  if (way < FAR && (way < FAR / 3 || way / ms < FAST)) return null;
  if (Math.abs(dx) > 1.5 * Math.abs(dy)) return dx < 0 ? "next" : "previous";
  return dy > 1.5 * Math.abs(dx) ? "dismiss" : null;
}

const distance = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
const middle = ([one, two]) => ({ clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 });

const way = (event) => ({ dx: event.clientX - start.clientX, dy: event.clientY - start.clientY, ms: event.timeStamp - start.timeStamp });

function down(event) {
  if (!event.target.closest("[data-stage]") || event.button) return;
  pointers.set(event.pointerId, event);
  start = pointers.size === 1 ? event : null;
}

function pinch(before) {
  const now = [...pointers.values()];
  const [from, to] = [fromCentre(middle(before)), fromCentre(middle(now))];
  zoomBy(distance(now) / distance(before), from);
  if (isZoomed()) panBy(to.x - from.x, to.y - from.y);
}

function move(event) {
  if (!pointers.has(event.pointerId)) return;
  const before = [...pointers.values()];
  const last = pointers.get(event.pointerId);
  pointers.set(event.pointerId, event);
  if (pointers.size === 2) pinch(before);
  else if (isZoomed()) panBy(event.clientX - last.clientX, event.clientY - last.clientY);
  else if (start && event.pointerType === "touch") follow(way(event));
}

/** The picture goes with the finger, sideways or down. */
function follow({ dx, dy }) {
  const sideways = Math.abs(dx) > Math.abs(dy);
  draw({ scale: 1, x: sideways ? dx : 0, y: sideways ? 0 : Math.max(0, dy) });
}

function up(event, swiped) {
  if (!pointers.delete(event.pointerId)) return;
  const was = start;
  if (was && event.pointerType === "touch" && !isZoomed()) {
    const swipe = event.type === "pointerup" && swipeOf(way(event));
    draw();
    if (swipe) swiped(swipe);
  }
  start = null;
}

/** Call `swiped` with "next", "previous" or "dismiss". */
export function startGestures(dialog, swiped) {
  dialog.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, (event) => up(event, swiped));
  // Else the browser takes a swipe for a fling, and the next tap only stops that.
  const own = (event) => event.target.closest("[data-stage]") && event.cancelable && event.preventDefault();
  dialog.addEventListener("touchmove", own, { passive: false });
  dialog.addEventListener("close", () => pointers.clear());
}

/**
 * Clips in tiles are looked through by moving the pointer over them: the filmstrip shows the
 * part of the clip that lies where the pointer is. Where the pointer rests, the clip plays on.
 */

const SIDE = 9; // frames in a row and in a column of a filmstrip
const REST = 350; // milliseconds without a movement

/** Where in a filmstrip `share` (0 to 1) of the clip lies, as a CSS background-position. */
export function positionAt(share) {
  const cell = Math.min(SIDE * SIDE - 1, Math.max(0, Math.floor(share * SIDE * SIDE)));
  const percent = (at) => `${(100 * at) / (SIDE - 1)}%`;
  return `${percent(cell % SIDE)} ${percent(Math.floor(cell / SIDE))}`;
}

const ready = new WeakSet();
let resting;

/** Load the filmstrip of `strip` once; nothing is shown before it is there. */
async function load(strip) {
  if (strip.dataset.loading) return;
  strip.dataset.loading = "true";
  const picture = new Image();
  picture.src = strip.dataset.filmstrip;
  await picture.decode().catch(() => null);
  if (!picture.naturalWidth) return;
  strip.style.backgroundImage = `url("${picture.src}")`;
  ready.add(strip);
}

function show(strip, share) {
  strip.style.backgroundPosition = positionAt(share);
  strip.style.setProperty("--share", share);
  strip.hidden = false;
}

/** The clip takes over at the place that was looked at. */
function hand(strip, share) {
  const video = strip.parentElement.querySelector("video");
  if (video.duration) video.currentTime = share * video.duration;
  strip.hidden = true;
}

function scrub(event) {
  const strip = event.target.closest?.(".tile--video")?.querySelector("[data-filmstrip]");
  if (!strip || event.pointerType !== "mouse") return;
  load(strip);
  if (!ready.has(strip) || !event.movementX) return;
  const box = strip.parentElement.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  show(strip, share);
  clearTimeout(resting);
  resting = setTimeout(() => hand(strip, share), REST);
}

function leave(event) {
  const tile = event.target.closest?.(".tile--video");
  if (!tile || tile.contains(event.relatedTarget)) return;
  clearTimeout(resting);
  tile.querySelector("[data-filmstrip]")?.setAttribute("hidden", "");
}

export function startScrubbing(root = document) {
  root.addEventListener("pointermove", scrub);
  root.addEventListener("pointerout", leave);
}

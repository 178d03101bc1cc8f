/** A finger that pushes a tile out sideways dismisses it; up and down it scrolls, as always. */

import { actOn } from "./actions.js";
import { swipeOf } from "./gestures.js";
import { isSelecting } from "./selection.js";

const SLOP = 12; // CSS pixels before a touch counts as a push

let tile = null;
let start = null;
let pushed = false;

const way = (event) => ({ dx: event.clientX - start.clientX, dy: event.clientY - start.clientY, ms: event.timeStamp - start.timeStamp });

function down(event) {
  const touched = event.pointerType === "touch" && event.isPrimary && event.target.closest("#job-groups .tile[data-asset] .tile__link");
  if (!touched || isSelecting()) return;
  [tile, start, pushed] = [touched.closest(".tile"), event, false];
}

function move(event) {
  if (!tile || !event.isPrimary) return;
  const { dx, dy } = way(event);
  if (!pushed && (Math.abs(dx) < SLOP || Math.abs(dx) < 1.5 * Math.abs(dy))) return;
  pushed = true;
  tile.style.translate = `${dx}px`;
  tile.style.opacity = Math.max(0.25, 1 - Math.abs(dx) / tile.offsetWidth);
}

const putBack = (place) => ["translate", "opacity"].forEach((name) => place.style.removeProperty(name));

async function up(event) {
  if (!tile || !event.isPrimary) return;
  const place = tile;
  const away = pushed && event.type === "pointerup" && ["next", "previous"].includes(swipeOf(way(event)));
  tile = null;
  if (away) await actOn("dismiss", place);
  putBack(place); // also where it could not be dismissed
}

export function startTileSwipe() {
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, up);
  // Else the browser takes a push for a fling, and the next tap only stops that.
  const own = (event) => tile && pushed && event.cancelable && event.preventDefault();
  document.getElementById("job-groups").addEventListener("touchmove", own, { passive: false });
  document.addEventListener(
    "click",
    (event) => {
      if (pushed && event.target.closest(".tile__link")) {
        event.preventDefault();
        event.stopPropagation();
      }
      pushed = false;
    },
    { capture: true },
  );
}

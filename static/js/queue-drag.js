/** Moving a queued job by dragging it: with a mouse anywhere on it, with a finger by its grip. */

const ITEM = "application/x-ourvidz-queued";

let dragged = null;
let byFinger = false;

const itemOf = (element) => element?.closest("[data-queued]");
const isWaiting = (item) => item?.dataset.status === "queued";

export const isDragging = () => dragged !== null;

function begin(item) {
  dragged = item;
  requestAnimationFrame(() => dragged?.classList.add("is-dragged"));
}

function end() {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  byFinger = false;
}

/** While it is dragged, the item stands where it would be dropped; whether it may stand at `over`. */
function stand(over, clientY) {
  if (!isWaiting(over) || over.parentElement !== dragged.parentElement) return false;
  if (over !== dragged) {
    const { top, height } = over.getBoundingClientRect();
    over.parentElement.insertBefore(dragged, clientY < top + height / 2 ? over : over.nextElementSibling);
  }
  return true;
}

/** The id of the job before which the item stands now; "" at the end. */
function dropped() {
  const item = dragged;
  end();
  const next = item.nextElementSibling;
  return [item, isWaiting(next) ? next.dataset.queued : ""];
}

function byMouse(popup, moved, givenUp) {
  popup.addEventListener("dragstart", (event) => {
    if (byFinger) {
      event.preventDefault();
      return;
    }
    begin(itemOf(event.target));
    event.dataTransfer.setData(ITEM, dragged.dataset.queued);
    event.dataTransfer.effectAllowed = "move";
  });
  popup.addEventListener("dragover", (event) => {
    if (dragged && stand(itemOf(event.target), event.clientY)) event.preventDefault();
  });
  popup.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    moved(...dropped());
  });
  popup.addEventListener("dragend", () => {
    end();
    givenUp();
  });
}

function byTouch(popup, moved, givenUp) {
  popup.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || !event.target.closest(".queue__grip")) return;
    byFinger = true;
    begin(itemOf(event.target));
  });
  document.addEventListener("pointermove", (event) => {
    if (byFinger) stand(itemOf(document.elementFromPoint(event.clientX, event.clientY)), event.clientY);
  });
  document.addEventListener("pointerup", () => byFinger && moved(...dropped()));
  document.addEventListener("pointercancel", () => {
    if (!byFinger) return;
    end();
    givenUp();
  });
}

/** Call `moved(item, before)` after a drop, `givenUp()` where it came to none. */
export function startQueueDrag(popup, moved, givenUp) {
  byMouse(popup, moved, givenUp);
  byTouch(popup, moved, givenUp);
}

/** A finger that rests on something: in place of the browser's menu, and of the tap at its end. */

const RESTS = 450; // milliseconds
const SLOP = 10; // CSS pixels that a resting finger may move

let timer = 0;
let start = null;
let pressed = false; // since the finger came down

const isFar = (event) => Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLOP;

function forget() {
  clearTimeout(timer);
  start = null;
}

/** Call `act` with the element of `box` that matches `selector` and was pressed long. */
export function startLongPress(box, selector, act) {
  box.addEventListener("pointerdown", (event) => {
    forget();
    pressed = false;
    const found = event.pointerType === "touch" && event.isPrimary && event.target.closest(selector);
    if (!found) return;
    start = event;
    timer = setTimeout(() => {
      pressed = true;
      act(found);
    }, RESTS);
  });
  box.addEventListener("pointermove", (event) => start && isFar(event) && forget());
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, forget);
  const isOurs = () => start !== null || pressed;
  for (const name of ["contextmenu", "dragstart"]) box.addEventListener(name, (event) => isOurs() && event.preventDefault());
  document.addEventListener("click", (event) => {
    if (!pressed || !box.contains(event.target)) return;
    pressed = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}

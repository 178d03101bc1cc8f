/** On phones the prompt bar is a sheet: its handle, pulled or pressed, shows all controls. */

const PULL = 24; // CSS pixels

/** What a pull of `dy` pixels (down is positive) wants: true to open, false to close, or null. */
export const pulled = (dy) => (Math.abs(dy) < PULL ? null : dy < 0);

const bar = document.getElementById("prompt-bar");
const handle = Object.assign(document.createElement("button"), { type: "button", className: "bar__handle" });

function show(open) {
  bar.classList.toggle("is-open", open);
  handle.setAttribute("aria-expanded", open);
  handle.setAttribute("aria-label", open ? "Show fewer controls" : "Show all controls");
}

export function startBarSheet() {
  let from = 0;
  let wanted = null;
  handle.addEventListener("pointerdown", (event) => {
    [from, wanted] = [event.clientY, null];
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    wanted = pulled(event.clientY - from);
    if (wanted !== null) show(wanted);
  });
  // Not at pointerup: what comes to lie under the finger would get the click.
  handle.addEventListener("click", () => {
    if (wanted === null) show(!bar.classList.contains("is-open"));
    wanted = null;
  });
  show(false);
  bar.prepend(handle);
}

/**
 * The chooser's list is fetched anew as one types. What is pressed meanwhile goes first: an
 * answer that was asked for before it would show the list as it was, without that choice.
 */

let pressed = 0; // choices that are on their way
let putOff = false; // whether a search waits for them

const words = () => document.getElementById("chooser-words");

function beforeChoice() {
  pressed += 1;
  if (!words().classList.contains("htmx-request")) return;
  putOff = true;
  htmx.trigger(words(), "htmx:abort");
}

function afterChoice() {
  pressed -= 1;
  if (pressed || !putOff) return;
  putOff = false;
  htmx.trigger(words(), "search");
}

function beforeSearch(event) {
  if (!pressed) return;
  event.preventDefault();
  putOff = true;
}

export function startChoosing() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt.matches(".choice")) beforeChoice();
    else if (elt.matches("#chooser-words")) beforeSearch(event);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.elt.matches(".choice")) afterChoice(); // its answer has replaced it
  });
}

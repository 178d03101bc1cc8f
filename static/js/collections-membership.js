/**
 * `data-collect="ids"` (with spaces between them) opens a popup that puts those library assets
 * into collections. A batch elsewhere calls `collect` with its ids.
 */

import { startChoosing } from "./collections-choosing.js";
import { linkBeside } from "./leaving.js";

function made() {
  const popup = document.createElement("section");
  popup.id = "chooser";
  popup.className = "popup popup--chooser";
  popup.popover = "auto";
  popup.setAttribute("role", "dialog");
  popup.setAttribute("aria-label", "Collections");
  popup.addEventListener("toggle", ({ newState }) => newState === "closed" && giveBack());
  document.body.append(popup);
  return popup;
}

let opener = null; // the id of the tile at which the popup was opened

/** Where the focus came from may have been renewed meanwhile. */
function giveBack() {
  if (document.activeElement !== document.body) return;
  document.getElementById(opener)?.querySelector(".tile__link")?.focus({ preventScroll: true });
}

let asked = 0; // how often the popup was wanted: only the last one counts

/** Open the popup at `button` for the assets `ids`; `url` is that of the membership view. */
export async function collect(button, ids, url) {
  const popup = document.getElementById("chooser") ?? made();
  const number = (asked += 1);
  htmx.trigger(popup, "htmx:abort"); // what was wanted before it
  // htmx listens to what it swapped in only once that has settled; before, typing would be lost.
  const settled = new Promise((resolve) => {
    popup.addEventListener("htmx:afterSettle", resolve, { once: true });
  });
  const options = { source: popup, target: popup, swap: "innerHTML", values: { asset: ids } };
  await htmx.ajax("GET", url, options).catch(() => null);
  if (number !== asked) return;
  const words = popup.querySelector("input[type='search']");
  if (!words) return; // what was there is gone, and a message says so
  await settled;
  if (number !== asked) return;
  opener = button.closest("[data-asset]")?.id;
  popup.showPopover({ source: button });
  words.focus();
}

/** Up and down go through the list, from the words too. */
function byKeys(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const popup = event.target.closest?.("#chooser");
  if (!popup || !(event.key in steps)) return;
  const stops = [...popup.querySelectorAll("input[type='search'], .choice")];
  event.preventDefault();
  stops.at((stops.indexOf(document.activeElement) + steps[event.key]) % stops.length).focus();
}

/** The button that made a collection is gone: back to the words, which have done their work. */
function goOn(event) {
  if (event.detail.target.id !== "choices" || document.activeElement !== document.body) return;
  const words = document.getElementById("chooser-words");
  if (!document.querySelector("#choices .field-error")) words.value = "";
  words.focus();
}

let next = null; // where the keyboard goes on once a tile was moved away

function beforeMove(event) {
  if (event.target.closest("[data-moves]")) next = linkBeside(event.detail.target);
}

/** What was moved away has left its tile, and with it the popup's reason. */
function afterMove(event) {
  if (!event.detail.successful || !event.target.closest("[data-moves]")) return;
  document.getElementById("chooser").hidePopover();
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
}

export function startCollecting() {
  startChoosing();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-collect]");
    if (!button) return;
    // Where the menu of a tile stands for its button, the popup opens at the menu's.
    const place = button.checkVisibility() ? button : button.closest(".tile").querySelector("[data-more]");
    collect(place, button.dataset.collect.split(" "), button.dataset.collectUrl);
  });
  document.addEventListener("keydown", byKeys);
  document.addEventListener("htmx:afterSettle", goOn);
  document.addEventListener("htmx:beforeRequest", beforeMove);
  document.addEventListener("htmx:afterRequest", afterMove);
}

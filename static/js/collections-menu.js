/**
 * One menu for the tiles of a collection, where a finger has no room for a row of buttons: it
 * presses the tile's own buttons, and moves the tile without a drag.
 */

import { move, tilesOf } from "./collections-order.js";

const menu = document.getElementById("collection-menu");
const shelf = document.querySelector(".shelf--ordered");
const PLACES = { first: () => 0, earlier: (at) => at - 1, later: (at) => at + 1 };

const tile = () => document.getElementById(menu.dataset.tile);
const items = () => [...menu.querySelectorAll("button:not([disabled])")];

function openAt(button) {
  menu.dataset.tile = button.closest(".tile").id;
  const order = tilesOf(shelf);
  const at = order.indexOf(tile());
  for (const item of menu.querySelectorAll("[data-place]")) {
    const place = PLACES[item.dataset.place](at);
    item.disabled = place === at || !order[place];
  }
  for (const item of menu.querySelectorAll("[data-press][aria-checked]")) {
    item.setAttribute("aria-checked", tile().querySelector(item.dataset.press).ariaPressed);
  }
  menu.showPopover({ source: button });
  items()[0].focus();
}

function byKeys(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const stops = items();
  stops.at((stops.indexOf(document.activeElement) + steps[event.key]) % stops.length).focus();
}

function choose({ target }) {
  const item = target.closest("button");
  if (!item) return;
  const chosen = tile();
  menu.hidePopover();
  if (item.dataset.press) chosen.querySelector(item.dataset.press).click();
  else move(shelf, chosen, PLACES[item.dataset.place](tilesOf(shelf).indexOf(chosen)));
}

export function startMenu() {
  shelf.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-more]");
    if (button) openAt(button);
  });
  menu.addEventListener("click", choose);
  menu.addEventListener("keydown", byKeys);
}

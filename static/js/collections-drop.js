/**
 * A dragged tile brings up the list of collections; dropped on one, its asset is added there, or,
 * from the page of a collection, moved. By keyboard the tile's Add to collection does the same.
 */

import { post } from "./posting.js";

const list = document.getElementById("drop-list");

/** Fill the list for `asset`; it must not appear before the drag has begun, or that would end. */
async function show(asset, from) {
  const words = new URLSearchParams(from ? { asset, from } : { asset });
  const reply = await fetch(`${list.dataset.url}?${words}`).catch(() => null);
  if (!reply?.ok || reply.redirected) return;
  const html = await reply.text();
  if (list.dataset.asset !== asset) return; // dropped meanwhile
  list.innerHTML = html;
  list.hidden = false;
}

function hide() {
  delete list.dataset.asset;
  list.hidden = true;
}

const targetOf = (event) => event.target.closest?.("#drop-list [data-drop-url]");

function point(target) {
  list.querySelectorAll(".is-target").forEach((item) => item.classList.remove("is-target"));
  target?.classList.add("is-target");
}

function drop(target, asset, moves) {
  const options = moves ? { target: `#asset-${asset}`, swap: "outerHTML" } : { swap: "none" };
  post(target.dataset.dropUrl, { asset, target: target.dataset.target }, options);
}

export function startDropping() {
  const shelf = document.getElementById("shelf");
  if (!list || !shelf) return;
  const from = shelf.dataset.dropFrom;
  shelf.addEventListener("dragstart", (event) => {
    const tile = event.target.closest("[data-asset]");
    if (!tile) return;
    list.dataset.asset = tile.dataset.asset;
    event.target.addEventListener("dragend", hide, { once: true }); // also of a tile that was renewed meanwhile
    event.dataTransfer.effectAllowed = "copyMove";
    show(tile.dataset.asset, from);
  });
  list.addEventListener("dragover", (event) => {
    point(targetOf(event));
    if (!targetOf(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = from ? "move" : "copy";
  });
  list.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target) return;
    event.preventDefault();
    drop(target, list.dataset.asset, Boolean(from));
  });
}

/** A blurred picture from the row's ThumbHash, under the thumbnail until that is there. */

import { thumbHashToDataURL } from "./vendor/thumbhash.js";

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function show(tile) {
  const image = tile.querySelector("img");
  if (!image || image.complete) return;
  image.style.background = `url(${thumbHashToDataURL(bytes(tile.dataset.thumbhash))}) center / cover`;
}

const inView = new IntersectionObserver((entries) => {
  entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
    inView.unobserve(target);
    show(target);
  });
}, { rootMargin: "200px" });

/** Watch the tiles of `root`, now and as they come. */
export function startPlaceholders(root = document) {
  const watch = (element) => element.querySelectorAll?.("[data-thumbhash]").forEach((tile) => inView.observe(tile));
  watch(root);
  document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
}

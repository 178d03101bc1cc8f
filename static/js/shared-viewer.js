/**
 * What a visitor opens of a shared collection, one after the other over the page. Without this
 * module, and with Ctrl, Shift or the middle button, a tile's link leads to the file itself.
 */

import { swipeOf } from "./gestures.js";

const NEARLY = 5; // tiles before the last one when more are fetched
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const SWIPES = { next: 1, previous: -1 };

const box = document.getElementById("shared-viewer");
const part = (name) => box.querySelector(`[data-viewer-${name}]`);
const links = () => [...document.querySelectorAll("#shelf .tile__link")];
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

let at = 0;

function clip(link) {
  const video = document.createElement("video");
  Object.assign(video, { controls: true, loop: true, playsInline: true, autoplay: !isCalm.matches });
  video.poster = link.querySelector("img").src;
  return video;
}

function mediaOf(link) {
  const media = link.closest(".tile--video") ? clip(link) : document.createElement("img");
  const small = link.querySelector("img");
  for (const side of ["width", "height"]) media[side] = small.getAttribute(side);
  media[media instanceof HTMLImageElement ? "alt" : "ariaLabel"] = link.getAttribute("aria-label");
  media.src = link.href;
  return media;
}

function show(index) {
  const all = links();
  if (!all[index]) return;
  at = index;
  part("stage").replaceChildren(mediaOf(all[at]));
  part("caption").textContent = all[at].title;
  part("place").textContent = `${at + 1} of ${Number(box.dataset.total).toLocaleString("en")}`;
  part("previous").disabled = at === 0;
  part("next").disabled = at === all.length - 1;
  if (at > all.length - NEARLY) document.querySelector(".shelf__more a")?.click();
}

function open(link) {
  show(links().indexOf(link));
  box.showModal();
  history.pushState({ viewer: true }, "");
}

/** However it was closed: nothing plays on, and Back does not close it once more. */
function closed() {
  part("stage").replaceChildren();
  if (history.state?.viewer) history.back();
  links()[at]?.focus({ preventScroll: true });
  links()[at]?.scrollIntoView({ block: "nearest" });
}

function startSwipes(stage) {
  let start = null;
  stage.addEventListener("pointerdown", (event) => {
    start = event.isPrimary && event.pointerType === "touch" ? event : null;
  });
  stage.addEventListener("pointerup", (event) => {
    if (!start) return;
    const way = { dx: event.clientX - start.clientX, dy: event.clientY - start.clientY, ms: event.timeStamp - start.timeStamp };
    start = null;
    const step = SWIPES[swipeOf(way)];
    if (step) show(at + step);
  });
  stage.addEventListener("pointercancel", () => (start = null));
}

export function startViewer() {
  document.getElementById("shelf").addEventListener("click", (event) => {
    const link = event.target.closest(".tile__link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  box.addEventListener("click", ({ target }) => {
    if (target.closest("[data-viewer-close]") || target === part("stage")) box.close();
    if (target.closest("[data-viewer-previous]")) show(at - 1);
    if (target.closest("[data-viewer-next]")) show(at + 1);
  });
  box.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || event.target instanceof HTMLVideoElement) return;
    event.preventDefault();
    show(at + STEPS[event.key]);
  });
  box.addEventListener("close", closed);
  addEventListener("popstate", () => box.open && box.close());
  document.addEventListener("htmx:afterSettle", () => {
    if (box.open) part("next").disabled = at === links().length - 1;
  });
  startSwipes(part("stage"));
}

/**
 * What is looked through: one item is shown, its neighbours are loaded and ready, others let go.
 * Stretches before and after come from the server when they are nearly needed.
 */

const READY_BEFORE = 1;
const READY_AFTER = 3;
const NEARLY = 20; // items from an end

const box = document.getElementById("cull");
const list = document.getElementById("cull-items");

let place = 0; // among the items that are here
let first = 1; // number of the first item that is here, among all
const ended = { before: false, after: false };
const fetching = {};

const items = () => list.children;

export const current = () => items()[place];
export const number = () => first + place;
export const itemOf = (id) => list.querySelector(`[data-asset="${CSS.escape(id)}"]`);

/** A signed address has its time; the other one makes a new one. */
function again(event) {
  const { again: address } = event.target.dataset;
  if (address && event.target.src !== new URL(address, location).href) event.target.src = address;
}

function load(item) {
  const media = item.querySelector("[data-src]");
  if (media.hasAttribute("src")) return;
  media.addEventListener("error", again, { once: true });
  if (media.dataset.poster) media.poster = media.dataset.poster;
  media.src = media.dataset.src;
  if (media instanceof HTMLImageElement) media.decode().catch(() => {});
}

function letGo(item) {
  const media = item.querySelector("[data-src]");
  media.removeAttribute("src");
  if (media instanceof HTMLVideoElement) media.load();
}

/** Show the item at `place`, get its neighbours ready. */
function draw() {
  for (const [index, item] of [...items()].entries()) {
    const isReady = index >= place - READY_BEFORE && index <= place + READY_AFTER;
    item.hidden = index !== place;
    if (isReady) load(item);
    else if (item.querySelector("[src]")) letGo(item);
    const video = item.querySelector("video");
    if (video && index === place && !matchMedia("(prefers-reduced-motion: reduce)").matches) video.play().catch(() => {});
    else video?.pause();
  }
}

async function fetched(parameters) {
  const query = new URLSearchParams(box.dataset.source);
  for (const [name, value] of Object.entries(parameters)) query.set(name, value);
  const reply = await fetch(`${box.dataset.assetsUrl}?${query}`);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const holder = document.createElement("template");
  holder.innerHTML = await reply.text();
  return [...holder.content.querySelectorAll("[data-asset]")].filter((item) => !itemOf(item.dataset.asset));
}

async function extend(side) {
  const end = side === "after" ? list.lastElementChild : list.firstElementChild;
  const more = await fetched({ [side]: end.dataset.asset });
  ended[side] = more.length === 0;
  if (side === "after") list.append(...more);
  else {
    list.prepend(...more);
    place += more.length;
    first -= more.length;
  }
}

/** Fetch on one side, once at a time. */
function reach(side) {
  if (ended[side]) return Promise.resolve();
  fetching[side] ??= extend(side).finally(() => delete fetching[side]);
  return fetching[side];
}

/** By one; false at the end. Rejects where the server does not answer. */
export async function move(by) {
  const side = by > 0 ? "after" : "before";
  if (!items()[place + by]) await reach(side);
  if (!items()[place + by]) return false;
  place += by;
  draw();
  const left = by > 0 ? items().length - place : place;
  if (left < NEARLY) reach(side).then(draw, () => {}); // it is asked again when it is needed
  return true;
}

/** Begin at the asset `at`, or at the top where that is gone for good. */
export async function begin(at) {
  if (at && current()?.dataset.asset !== at) {
    try {
      const found = await fetched({ at });
      const here = itemOf(at);
      if (here) place = [...items()].indexOf(here);
      else if (found.length) {
        first = Number(found[0].dataset.number);
        list.replaceChildren(...found);
        place = 0;
      }
    } catch {
      place = 0;
    }
  }
  ended.before = first === 1;
  draw();
}

/** Culling: keys, buttons and swipes decide about one picture after the other. */

import { finish, startFinishing } from "./culling-end.js";
import { Decisions } from "./culling-decisions.js";
import { begin, current, move, number } from "./culling-items.js";
import { swipeOf } from "./gestures.js";
import { toast } from "./toasts.js";
import { takesText } from "./undo-key.js";

const box = document.getElementById("cull");
const WORDS = { keep: "Kept", reject: "Rejected" };
const KEYS = { k: "keep", x: "reject", delete: "reject", f: "favourite", s: "skip", arrowright: "skip", b: "back", arrowleft: "back", backspace: "back", enter: "finish" };
const SWIPES = { next: "reject", previous: "keep", dismiss: "back", up: "skip" };

let decisions;
let told = false;
let moving = false;

const favourite = (item) => decisions.of(item.dataset.asset).favourite ?? item.dataset.favourite === "on";

function stars(item) {
  const { verdict, rating } = decisions.of(item.dataset.asset);
  return verdict === "reject" ? 0 : (rating ?? Number(item.dataset.rating));
}

/** What is decided about the item that is shown. */
function draw() {
  const item = current();
  const { verdict } = decisions.of(item.dataset.asset);
  const total = Number(box.dataset.total);
  box.dataset.verdict = verdict ?? "";
  box.querySelector("[data-cull-verdict]").textContent = WORDS[verdict] ?? "";
  for (const button of box.querySelectorAll("[data-cull=keep], [data-cull=reject]")) button.setAttribute("aria-pressed", button.dataset.cull === verdict);
  for (const button of box.querySelectorAll("[data-stars]")) button.setAttribute("aria-pressed", Number(button.dataset.stars) <= stars(item));
  box.querySelector("[data-cull=favourite]").setAttribute("aria-pressed", favourite(item));
  document.querySelector("[data-cull-place]").textContent = `${number().toLocaleString("en")} of ${total.toLocaleString("en")}`;
  document.querySelector(".cull__progress").value = number();
  const count = Object.keys(decisions.all).length;
  document.querySelector("[data-cull-count]").textContent = count ? ` (${count.toLocaleString("en")})` : "";
}

function say(kept) {
  if (kept || told) return;
  told = true;
  toast("This browser keeps nothing: the decisions last until this page is closed.", { error: true });
}

async function go(by) {
  if (moving) return; // a picture that is not there yet must not take a second press
  moving = true;
  try {
    const moved = await move(by);
    say(decisions.stopAt(current().dataset.asset));
    draw();
    if (!moved && by > 0) finish();
  } catch {
    toast("The next ones cannot be fetched. Check the connection and press again.", { error: true });
  } finally {
    moving = false;
  }
}

/** Note `change` for what is shown; false where there is no more room. */
function decide(change) {
  const id = current().dataset.asset;
  if (!(id in decisions.all) && Object.keys(decisions.all).length >= Number(box.dataset.most)) {
    toast("That is as many as one commit takes. Finish these first.", { error: true });
    return false;
  }
  say(decisions.set(id, change));
  draw();
  return true;
}

const doings = {
  keep: () => decide({ verdict: "keep" }) && go(1),
  reject: () => decide({ verdict: "reject" }) && go(1),
  rate: (rating) => decide({ rating }) && go(1),
  favourite: () => decide({ favourite: !favourite(current()) }),
  skip: () => go(1),
  back: () => go(-1),
  finish: () => finish(),
};

function act(name, rating) {
  if (!moving) doings[name](rating);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open:not(#toasts)")) return;
  if (event.key === "Escape") document.querySelector("[data-cull-leave]").click();
  const onControl = event.target.closest("a, button");
  const name = KEYS[event.key.toLowerCase()];
  if (/^[1-5]$/.test(event.key)) act("rate", Number(event.key));
  else if (name && !(onControl && event.key === "Enter")) act(name);
  else return;
  event.preventDefault();
}

/** One finger's way over the picture; up is told apart here, for the viewer has no use for it. */
function startSwipes(stage) {
  let start = null;
  stage.addEventListener("pointerdown", (event) => {
    start = event.isPrimary && event.pointerType === "touch" ? event : null;
  });
  // Else the browser takes a swipe for a fling, and the next tap only stops that.
  stage.addEventListener("touchmove", (event) => event.cancelable && event.preventDefault(), { passive: false });
  stage.addEventListener("pointercancel", () => {
    start = null;
  });
  stage.addEventListener("pointerup", (event) => {
    if (!start) return;
    const way = { dx: event.clientX - start.clientX, dy: event.clientY - start.clientY, ms: event.timeStamp - start.timeStamp };
    start = null;
    const swipe = swipeOf(way) ?? (swipeOf({ ...way, dy: -way.dy }) === "dismiss" ? "up" : null);
    if (swipe) act(SWIPES[swipe]);
  });
}

async function start() {
  decisions = new Decisions(document.body.dataset.user, box.dataset.source);
  await begin(decisions.at);
  startFinishing(decisions, draw);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cull]");
    if (button) act(button.dataset.cull, Number(button.dataset.stars));
  });
  startSwipes(document.getElementById("cull-items"));
  draw();
  box.toggleAttribute("data-ready", true);
}

if (box) start();

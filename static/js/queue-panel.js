/**
 * The user's own queue, kept as the server has it: reorder by drag, arrows or Alt+Up and
 * Alt+Down; hold, edit, cancel. Its button shows how many jobs run or wait.
 */

import { post } from "./posting.js";
import { showWait } from "./progress.js";
import { isDragging, startQueueDrag } from "./queue-drag.js";

const RENEW_AFTER = 400; // milliseconds without news

const popup = document.getElementById("queue-popup");
const count = document.getElementById("queue-count");
const said = document.getElementById("queue-said");
const jobs = document.getElementById("job-groups").dataset.jobsUrl;
let timer;
let changing = 0; // changes that the server has not answered yet
let asked = 0; // how often it was asked for the queue
let outdated = 0; // so many of these would say what was before a change, or before what is shown

const itemOf = (element) => element.closest("[data-queued]");
const numberIn = (text) => (text === undefined ? null : Number(text));
const isWaiting = (item) => item?.dataset.status === "queued";
const postTo = (item, noun, values) => change(`${jobs}${item.dataset.queued}/${noun}/`, values);

const morphing = {
  morphStyle: "innerHTML",
  callbacks: {
    // A prompt that is being edited stays as it is, and open.
    beforeNodeMorphed: (old) => !(old instanceof Element && old.matches(".queue__editing:not([hidden])")),
    beforeAttributeUpdated: (name) => name !== "aria-expanded",
  },
};

/** Have the server change something; the queue stays as it is here until that is done. */
async function change(path, values) {
  changing += 1;
  await post(path, values).catch(() => null); // what was not done is seen then
  changing -= 1;
  outdated = asked;
  await renew();
}

/** The queue as the server has it now, unless something newer is known or on its way. */
async function fetchQueue() {
  asked += 1;
  const number = asked;
  const reply = await fetch(popup.dataset.url).catch(() => null);
  const html = reply?.ok && !reply.redirected && (await reply.text());
  if (!html || changing || isDragging() || number <= outdated) return null;
  outdated = number;
  return html;
}

/** Show the queue as it is now; focus stays with its job. */
async function renew() {
  const html = await fetchQueue();
  if (html === null) return;
  const focused = popup.contains(document.activeElement) && document.activeElement.id;
  Idiomorph.morph(popup, html, morphing);
  if (focused && document.activeElement.id !== focused) document.getElementById(focused)?.focus();
  popup.querySelectorAll("[data-queued]").forEach(({ dataset }) => showWait(dataset.queued, numberIn(dataset.position), numberIn(dataset.eta)));
  const number = Number(popup.firstElementChild.dataset.count);
  count.textContent = number || "";
}

function renewSoon() {
  clearTimeout(timer);
  timer = setTimeout(renew, RENEW_AFTER);
}

/** The job before which one that moves by `step` places comes; "" for the end. */
function placeAfter(item, step) {
  const waiting = [...item.parentElement.children].filter(isWaiting);
  const at = waiting.indexOf(item) + step;
  if (at < 0 || at >= waiting.length) return null;
  const before = step < 0 ? waiting[at] : waiting[at + 1];
  return { before: before?.dataset.queued ?? "", place: at + 1, of: waiting.length };
}

async function move(item, step) {
  const target = placeAfter(item, step);
  if (!target) return;
  await postTo(item, "place", { before: target.before });
  said.textContent = `Moved to place ${target.place} of ${target.of}`;
}

function toggleEditing(item, button) {
  const place = item.querySelector(".queue__editing");
  place.hidden = !place.hidden;
  button.setAttribute("aria-expanded", !place.hidden);
  if (!place.hidden) place.querySelector("textarea").focus();
}

async function savePrompt(item) {
  const place = item.querySelector(".queue__editing");
  const prompt = place.querySelector("textarea").value;
  place.hidden = true;
  const button = item.querySelector("[data-edit]");
  button.setAttribute("aria-expanded", false);
  button.focus();
  await postTo(item, "prompt", { prompt });
}

function press(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if ("cancelQueued" in button.dataset) change(popup.dataset.cancelUrl);
  const item = itemOf(button);
  if (!item) return;
  const { dataset } = button;
  if (dataset.move) move(item, Number(dataset.move));
  else if (dataset.hold) postTo(item, "hold", { held: dataset.hold });
  else if ("edit" in dataset) toggleEditing(item, button);
  else if ("savePrompt" in dataset) savePrompt(item);
  else if ("cancel" in dataset) postTo(item, "cancellation");
}

function pressKey(event) {
  const item = itemOf(event.target);
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step && event.altKey && isWaiting(item)) {
    event.preventDefault();
    move(item, step);
  } else if (event.key === "Enter" && event.target.matches("textarea") && !event.shiftKey) {
    event.preventDefault();
    savePrompt(item);
  }
}

export function startQueuePanel() {
  popup.addEventListener("click", press);
  popup.addEventListener("keydown", pressKey);
  startQueueDrag(popup, (item, before) => postTo(item, "place", { before }), renew);
  popup.addEventListener("toggle", (event) => event.newState === "open" && renew());
  document.addEventListener("groups-changed", () => {
    renewSoon();
    htmx.trigger("#prompt-bar", "compose"); // the estimate beside Generate
  });
  setInterval(() => popup.matches(":popover-open") && renew(), 2_000);
  renew();
}

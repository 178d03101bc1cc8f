/**
 * Earlier prompts and templates: a popup to search, and Alt+Up and Alt+Down in the prompt,
 * which go back through what was generated and forward again to what was being typed.
 */

import { setPrompt } from "./prompt-bar.js";

const popup = document.getElementById("memory-popup");
const list = document.getElementById("memory-list");
const search = document.getElementById("memory-search");
const prompt = document.getElementById("prompt");
let earlier = null; // prompts, newest first, once they were asked for
let at = -1;
let draft = "";
let recalling = false; // while the prompt is set from here

const forget = () => {
  earlier = null;
  at = -1;
};

/** What was generated, the newest first; null where the server does not say. */
async function load() {
  const reply = await fetch(popup.dataset.url).catch(() => null);
  if (!reply?.ok || reply.redirected) return null;
  const template = document.createElement("template");
  template.innerHTML = await reply.text();
  return [...template.content.querySelectorAll("[data-earlier]")].map((item) => item.dataset.earlier);
}

/** Go `step` prompts back in time (1) or forward (-1). */
async function recall(step) {
  earlier ??= await load();
  if (!earlier) return; // the next press asks again
  const next = Math.max(-1, Math.min(earlier.length - 1, at + step));
  if (next === at) return;
  if (at === -1) draft = prompt.value;
  recalling = true;
  setPrompt(next === -1 ? draft : earlier[next]);
  recalling = false;
  at = next;
}

function pressKey(event) {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!step || !event.altKey) return;
  event.preventDefault();
  recall(step);
}

/** The search field, then the list, by arrow keys. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [search, ...list.querySelectorAll(".memory__item")];
  items.at(Math.min(items.length - 1, Math.max(0, items.indexOf(document.activeElement) + step))).focus();
}

export function startPromptMemory() {
  prompt.addEventListener("keydown", pressKey);
  prompt.addEventListener("input", () => recalling || forget());
  document.addEventListener("job-added", forget);
  popup.addEventListener("keydown", walk);
  popup.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    htmx.trigger(search, "search");
    search.focus();
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-earlier]");
    if (!item) return;
    popup.hidePopover();
    setPrompt(item.dataset.earlier);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && popup.contains(event.target) && event.detail.requestConfig.verb === "post") htmx.trigger(search, "search");
  });
}

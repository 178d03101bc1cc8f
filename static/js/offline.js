/**
 * The offline page: takes prompts to send later, shows what waits and the thumbnails that were
 * seen last, and goes back when it can.
 */

import { KEPT_FOR, keepPrompt, keptFields } from "./kept-settings.js";
import { drop, keep, kept } from "./outbox.js";

const user = localStorage.getItem(KEPT_FOR); // set by installing.js; "" for none
const isLight = document.cookie.split("; ").includes("theme=light");
const seen = document.getElementById("seen");
const form = document.getElementById("offline-prompt");
const waiting = document.getElementById("waiting");
const said = document.getElementById("said");

async function showSeen() {
  const cache = await caches.open("seen");
  const requests = (await cache.keys()).reverse();
  for (const request of requests) {
    const reply = await cache.match(request);
    const picture = Object.assign(new Image(), { alt: "", src: URL.createObjectURL(await reply.blob()) });
    const item = document.createElement("li");
    item.append(picture);
    seen.querySelector("ul").append(item);
  }
  seen.hidden = requests.length === 0;
}

function itemOf({ key, body }) {
  const item = document.createElement("li");
  const prompt = new URLSearchParams(body).get("prompt");
  const words = Object.assign(document.createElement("span"), { textContent: prompt });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: "Remove" });
  button.setAttribute("aria-label", `Remove: ${prompt.slice(0, 80)}`);
  button.addEventListener("click", async () => {
    await drop(key);
    await showWaiting();
    form.elements.prompt.focus();
  });
  item.append(words, button);
  return item;
}

async function showWaiting() {
  const own = (await kept()).filter((submission) => submission.user === user);
  waiting.querySelector("ul").replaceChildren(...own.map(itemOf));
  waiting.hidden = own.length === 0;
}

async function submit(event) {
  event.preventDefault();
  const { prompt, mode } = form.elements;
  if (!prompt.value.trim()) return;
  const body = keptFields(mode.value);
  body.set("prompt", prompt.value);
  prompt.value = "";
  keepPrompt("");
  await keep({ key: crypto.randomUUID(), url: form.getAttribute("action"), body: body.toString(), user, at: Date.now() });
  await showWaiting();
  said.textContent = "Kept. It is sent when you are back.";
  prompt.focus();
}

/** Reload once the server answers, not before: `online` says only that there is a network. */
async function goBack() {
  const reply = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (reply?.ok) location.reload();
}

function takePrompts() {
  form.hidden = false;
  form.addEventListener("submit", submit);
  form.addEventListener("input", () => keepPrompt(form.elements.prompt.value)); // a draft comes along
  showWaiting();
}

document.querySelector("[data-again]").addEventListener("click", () => location.reload());
window.addEventListener("online", goBack);
setInterval(goBack, 3_000);
if (isLight) document.documentElement.dataset.theme = "light"; // the page itself is one for all
showSeen();
if (user) takePrompts();

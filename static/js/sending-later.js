/** What is submitted while the server cannot be reached is kept, and sent once it can. */

import { takeInText } from "./groups.js";
import { drop, keep, kept } from "./outbox.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("prompt-bar");
const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let sending = false;

async function keepForLater(event) {
  if (event.target !== bar) return;
  event.stopPropagation(); // the general message would say that it was lost
  const { headers, parameters, path } = event.detail.requestConfig;
  await keep({
    key: headers["Idempotency-Key"],
    url: path,
    body: new URLSearchParams(parameters).toString(),
    user: document.body.dataset.user,
    at: Date.now(),
  });
  toast("You are offline. It is kept, and sent when you are back.");
}

/** Send one; true where the server has answered for good. */
async function send({ key, url, body }) {
  const headers = { "X-CSRFToken": csrfToken(), "Idempotency-Key": key, "HX-Request": "true" };
  const reply = await fetch(url, { method: "POST", headers, body: new URLSearchParams(body) });
  if (reply.status >= 500 || reply.status === 403 || reply.status === 429 || reply.redirected) return false;
  const html = await reply.text();
  if (reply.ok) takeInText(html);
  else tellRefused(new URLSearchParams(body).get("prompt"), html);
  return true;
}

/** Why `prompt` was refused, in the bar until something is sent; pressed, it is there to change. */
function tellRefused(prompt, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const reasons = [...template.content.querySelectorAll("li")].map((item) => item.textContent);
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet refused", textContent: prompt });
  button.dataset.example = "";
  item.append(`Submitted offline and refused: ${reasons.join(" ")}`, button);
  const errors = document.getElementById("prompt-errors");
  const list = errors.querySelector("ul") ?? Object.assign(document.createElement("ul"), { className: "notice notice--error" });
  list.setAttribute("role", "alert");
  list.append(item);
  errors.replaceChildren(list);
}

async function sendKept() {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (const submission of (await kept()).filter(({ user }) => user === document.body.dataset.user)) {
      if (!(await send(submission))) break;
      await drop(submission.key);
      sent += 1;
    }
  } catch {
    // still out of reach: the next `online`, or the next visit, tries again
  } finally {
    sending = false;
  }
  if (sent) toast(sent === 1 ? "What you submitted offline was sent" : `${sent} that you submitted offline were sent`);
}

export function startSendingLater() {
  bar.addEventListener("htmx:sendError", keepForLater);
  window.addEventListener("online", sendKept);
  document.addEventListener("connected", sendKept);
  sendKept();
}

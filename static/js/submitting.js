/**
 * Submitting the prompt bar. htmx would drop what is submitted while another is on its way, so it
 * follows that, as it was when it was submitted; a doubled press is one job. A reference that is
 * still on its way is waited for.
 */

import { toast } from "./toasts.js";

const bar = document.getElementById("prompt-bar");
const waiting = []; // the bar's values, of each that follows
let latest = ""; // the values submitted last
let isSending = false;
let isHeldUp = false; // by a reference

const asText = (values) => new URLSearchParams(values).toString();

const awaited = () => [...bar.querySelectorAll("reference-box")].some((box) => box.isBusy && !box.hidden);

/** Submit what is in the bar now. */
export const submit = () => bar.requestSubmit();

/** What cannot be sent at once waits for its turn. */
function putOff(event) {
  if (!isSending && !awaited()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (awaited()) holdUp();
  else queue();
}

function holdUp() {
  isHeldUp = true;
  toast("The reference is on its way. It is generated once that is here.");
}

function queue() {
  const values = new FormData(bar);
  if (asText(values) === latest) return;
  latest = asText(values);
  waiting.push(values);
}

/** What waited for a reference is submitted with it, and not without it. */
function goOn({ detail }) {
  if (isHeldUp && awaited() && detail.held) return;
  const goesOn = isHeldUp && detail.held;
  isHeldUp = false;
  if (goesOn) submit();
}

function sendNext() {
  isSending = false;
  const values = waiting.shift();
  if (values) htmx.ajax("POST", bar.getAttribute("hx-post"), { source: bar, swap: "none", values });
}

export function startSubmitting() {
  bar.addEventListener("submit", putOff, { capture: true });
  bar.addEventListener("reference-settled", goOn);
  bar.addEventListener("submit", () => {
    if (!isSending) latest = asText(new FormData(bar));
  });
  bar.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (target === bar) isSending = true;
  });
  bar.addEventListener("htmx:afterRequest", ({ target }) => {
    if (target === bar) setTimeout(sendNext); // htmx still holds the one that has ended
  });
}

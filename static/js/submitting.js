/**
 * Submitting the prompt bar. htmx would drop what is submitted while another is on its way, so it
 * follows that, as it was when it was submitted; a doubled press is one job.
 */

const bar = document.getElementById("prompt-bar");
const waiting = []; // the bar's values, of each that follows
let latest = ""; // the values submitted last
let isSending = false;

const asText = (values) => new URLSearchParams(values).toString();

/** Submit what is in the bar now. */
export function submit() {
  if (!isSending) return bar.requestSubmit();
  const values = new FormData(bar);
  if (asText(values) === latest || !bar.reportValidity()) return;
  latest = asText(values);
  waiting.push(values);
}

function sendNext() {
  isSending = false;
  const values = waiting.shift();
  if (values) htmx.ajax("POST", bar.getAttribute("hx-post"), { source: bar, swap: "none", values });
}

export function startSubmitting() {
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

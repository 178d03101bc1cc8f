/** Short messages at the bottom left: at most three, each gone after its countdown. */

const MOST = 3;
const SIGNED_OUT = "You are signed out, or this page is too old. Reload it.";
const SHOWN_FOR = 8_000; // milliseconds; toasts.css draws the countdown

/** Remove `toast` when its time is over; it waits while it is pointed at or focused. */
function watch(toast) {
  let timer;
  const start = () => {
    timer = setTimeout(() => toast.remove(), SHOWN_FOR);
  };
  const wait = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, wait);
  for (const event of ["pointerleave", "focusout"]) {
    toast.addEventListener(event, () => {
      wait();
      start();
    });
  }
  start();
}

/** What was pressed stays until that is answered: htmx drops what answers an element that has gone. */
function keepFew(box) {
  const spare = [...box.children].filter((one) => !one.querySelector(".htmx-request"));
  spare.slice(0, Math.max(0, box.children.length - MOST)).forEach((one) => one.remove());
}

/** Lift the messages above whatever dialog or popup is open now. */
function lift(box) {
  if (box.matches(":popover-open")) box.hidePopover();
  if (box.children.length) box.showPopover();
}

function linkToReload() {
  const link = document.createElement("a");
  link.className = "button button--quiet";
  link.href = location.href;
  link.textContent = "Reload";
  return link;
}

/** What it said before goes: the same words twice say no more. */
function drop(box, text) {
  [...box.children].filter((one) => one.querySelector("p")?.textContent === text).forEach((one) => one.remove());
}

/** Show `text`; an error stays in red. With `reload` there is a link that loads the page anew. */
export function toast(text, { error = false, reload = false } = {}) {
  const box = document.getElementById("toasts");
  drop(box, text);
  const element = document.createElement("div");
  element.className = error ? "toast toast--error" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  element.append(words);
  if (reload) element.append(linkToReload());
  box.append(element);
}

/** A page that was not asked for, as that to sign in at, never stands in a part of another. */
function refusePages({ detail }) {
  const asked = new URL(detail.pathInfo.finalRequestPath, location.href).pathname;
  const isOther = new URL(detail.xhr.responseURL).pathname !== asked;
  if (!isOther || !/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  toast(SIGNED_OUT, { error: true, reload: true });
}

export function startToasts() {
  const box = document.getElementById("toasts");
  [...box.children].forEach(watch);
  lift(box);
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node instanceof Element);
    added.forEach(watch);
    keepFew(box);
    if (added.length || !box.children.length) lift(box);
  }).observe(box, { childList: true });
  box.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest(".toast").remove();
  });
  box.addEventListener("htmx:afterRequest", (event) => event.target.closest(".toast")?.remove());
  document.addEventListener("htmx:beforeSwap", refusePages);
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Check the connection and try again.", { error: true }));
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const isPlain = event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    if (status === 403) toast(SIGNED_OUT, { error: true, reload: true });
    if (isPlain && status < 500) toast(responseText, { error: true });
    if (status >= 500) toast("The server failed. Nothing was changed; try again.", { error: true });
  });
}

/** Short messages at the bottom left: at most three, each gone after its countdown. */

const MOST = 3;

function watch(toast) {
  toast.addEventListener("animationend", (event) => {
    if (event.animationName === "countdown") toast.remove();
  });
}

function keepFew(box) {
  while (box.children.length > MOST) box.firstElementChild.remove();
}

/** Lift the messages above whatever dialog or popup is open now. */
function lift(box) {
  if (box.matches(":popover-open")) box.hidePopover();
  if (box.children.length) box.showPopover();
}

/** Show `text`; an error stays in red. */
export function toast(text, { error = false } = {}) {
  const box = document.getElementById("toasts");
  const element = document.createElement("div");
  element.className = error ? "toast toast--error" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  element.append(words);
  box.append(element);
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
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Check the connection and try again.", { error: true }));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 403) toast("You are signed out, or this page is too old. Reload it.", { error: true });
    if (status >= 500) toast("The server failed. Nothing was changed; try again.", { error: true });
  });
}

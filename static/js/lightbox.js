/**
 * The viewer: one asset over the whole window. `?view=<id>` is its URL, so Back closes it and
 * a reload opens it again. Links with `data-view` open it; arrows go through them in order.
 */

const dialog = document.getElementById("lightbox");
const content = document.getElementById("lightbox-content");
const base = document.querySelector("[data-assets-url]").dataset.assetsUrl;

const links = () => [...document.querySelectorAll("[data-view]")];
const idOf = (link) => new URL(link.href).searchParams.get("view");
const wanted = () => new URL(location.href).searchParams.get("view");
const shown = () => content.querySelector("[data-viewer]")?.dataset.viewer;

async function load(id) {
  await htmx.ajax("GET", `${base}${id}/`, { target: content, swap: "innerHTML" });
  if (!dialog.open && wanted() === id) dialog.showModal();
}

/** Make the window show what the URL says. */
function follow() {
  const id = wanted();
  if (!id) dialog.close();
  else if (id !== shown() || !dialog.open) load(id);
}

function go(id, { replace = false } = {}) {
  const url = new URL(location.href);
  if (id) url.searchParams.set("view", id);
  else url.searchParams.delete("view");
  history[replace ? "replaceState" : "pushState"]({}, "", url);
  follow();
}

function turn(by) {
  const all = links();
  const at = all.findIndex((link) => idOf(link) === shown());
  const next = all[at + by];
  if (next) go(idOf(next), { replace: true });
}

function focusTile() {
  links().find((link) => idOf(link) === shown())?.focus({ preventScroll: true });
}

function closed() {
  focusTile();
  content.replaceChildren();
  if (wanted()) go(null);
}

function toggleDetails() {
  const button = dialog.querySelector("[data-lightbox-details]");
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
}

const keys = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), i: toggleDetails };

/** What was dismissed or deleted makes way for its neighbour; what was saved says so. */
function acted(event) {
  const { action, asset_ids: id } = event.detail;
  if (!dialog.open || id !== shown()) return;
  if (action === "save") load(id);
  else dialog.close();
}

export function startLightbox() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(idOf(link));
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-lightbox-close]")) dialog.close();
    if (event.target.closest("[data-lightbox-details]")) toggleDetails();
    if (event.target.closest("[data-lightbox-previous]")) turn(-1);
    if (event.target.closest("[data-lightbox-next]")) turn(1);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, video") || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  dialog.addEventListener("close", closed);
  window.addEventListener("popstate", follow);
  document.addEventListener("acted", acted);
  follow();
}

/**
 * One asset's details beside the grid. `?panel=<id>` is the panel's URL, so Back closes it and a
 * reload opens it again. A tile's link opens it; with Ctrl, Shift or the middle button the link
 * leads to the asset's own page, as it does without this module.
 */

import { toast } from "./toasts.js";

const panel = document.getElementById("panel");
const linkOf = (id) => document.querySelector(`#asset-${id} .tile__link`);
const idOf = (link) => link.closest("[data-asset]")?.dataset.asset;

let shown = null; // the id of what is in the panel
let here = location.href; // where the page was before the URL changed
let isLeaving = false; // until the browser is there
let next = null; // the id that was wanted meanwhile

/** `href` with `id` in the panel, or with no panel. */
export function addressOf(href, id) {
  const address = new URL(href);
  if (id) address.searchParams.set("panel", id);
  else address.searchParams.delete("panel");
  return address.href;
}

const OF_PAGE = ["panel", "select", "at", "from", "skip", "after"]; // not of what it lists

/** `href` without what changes while the page stays. */
function listingOf(href) {
  const address = new URL(href);
  OF_PAGE.forEach((name) => address.searchParams.delete(name));
  return address.href;
}

const wanted = () => new URL(location.href).searchParams.get("panel");

/** The details of `id` as HTML; null where it has gone, undefined where the server did not say. */
async function partOf(id) {
  const reply = await fetch(`${panel.dataset.url}${encodeURIComponent(id)}/panel/`).catch(() => null);
  if (reply?.status === 404) return null;
  return reply?.ok && !reply.redirected ? reply.text() : undefined;
}

function mark(id) {
  document.querySelectorAll(".tile__link[aria-current]").forEach((link) => link.removeAttribute("aria-current"));
  if (id) linkOf(id)?.setAttribute("aria-current", "true");
}

function close() {
  if (shown === null) return;
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  const link = linkOf(shown);
  shown = null;
  panel.hidden = true;
  panel.replaceChildren();
  document.body.classList.remove("has-panel");
  mark(null);
  if (hadFocus) link?.focus({ preventScroll: true });
}

function put(html) {
  const first = panel.hidden;
  panel.innerHTML = html;
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("has-panel");
  htmx.process(panel);
  htmx.trigger(panel, "htmx:load", { elt: panel });
  if (first || !panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
}

/** Show what the URL says. */
async function follow() {
  const id = wanted();
  here = location.href;
  if (id === shown) return;
  if (!id) {
    close();
    return;
  }
  const html = await partOf(id);
  if (wanted() !== id) return;
  if (!html) {
    toast(html === null ? "It is no longer in the library." : "It could not be fetched. Check the connection and try again.", { error: true });
    leave();
    return;
  }
  shown = id;
  put(html);
  mark(id);
}

function go(id) {
  if (isLeaving) {
    next = id;
    return;
  }
  const how = shown ? "replaceState" : "pushState";
  const opened = shown ? history.state?.panel : "opened";
  history[how]({ ...history.state, panel: opened }, "", addressOf(location.href, id));
  follow();
}

/** Back to the page without the panel: by the history, where that is where it came from; once. */
function leave() {
  if (history.state?.panel === "opened") {
    if (!isLeaving) history.back();
    isLeaving = true;
    return;
  }
  history.replaceState(history.state, "", addressOf(location.href, null));
  follow();
}

/** Back and forward between a page and its panel are done here; htmx would load the page anew. */
function travelled(event) {
  const same = listingOf(location.href) === listingOf(here);
  if (same) {
    event.stopImmediatePropagation();
    document.dispatchEvent(new CustomEvent("page-travelled"));
  }
  follow();
  arrive();
}

/** What was pressed on the way back comes now. */
function arrive() {
  const id = next;
  [isLeaving, next] = [false, null];
  if (id) go(id);
}

/** To the tile before or behind the one that is shown. */
function turn(by) {
  const links = [...document.querySelectorAll("#shelf .tile__link")];
  const next = links[links.findIndex((link) => idOf(link) === shown) + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  go(idOf(next));
}

/** The heart of a tile and the one in the panel say the same. */
function match(event) {
  const heart = event.target.closest?.("[data-favourite]");
  if (!heart) return;
  for (const other of document.querySelectorAll(`[data-favourite="${heart.dataset.favourite}"]`)) {
    for (const name of ["aria-pressed", "title", "hx-vals"]) other.setAttribute(name, heart.getAttribute(name));
  }
}

/** Stars that are set in the panel stand on the tile too. */
function matchStars(event) {
  const star = event.target.matches?.(".panel .asset__form") && event.target.querySelector("[name='rating']:checked");
  const mark = star && document.querySelector(`[data-rated="${shown}"]`);
  if (!mark) return;
  mark.hidden = star.value === "0";
  mark.lastChild.data = ` ${star.value}`;
}

/** What goes to the trash leaves by its tile, with the way back in the message. */
function trash(event) {
  if (!event.target.matches("[data-panel-trash]")) return;
  const button = document.querySelector(`#asset-${shown} .tile__button--delete`);
  if (!button) return; // not in the grid now: the form does it
  event.preventDefault();
  leave();
  button.click();
}

function clicked(event) {
  if (event.target.closest("[data-panel-close]")) leave();
  const turned = event.target.closest("[data-panel-turn]");
  if (turned) turn(Number(turned.dataset.panelTurn));
  const link = event.target.closest("#shelf .tile__link");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !idOf(link)) return;
  event.preventDefault();
  go(idOf(link));
}

function escape(event) {
  const busy = document.querySelector(":popover-open:not(#toasts), dialog[open]");
  if (event.key !== "Escape" || event.defaultPrevented || busy || shown === null) return;
  event.preventDefault();
  leave();
}

export function startPanel() {
  if (!panel) return;
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", escape);
  panel.addEventListener("submit", trash);
  document.addEventListener("htmx:load", () => mark(shown)); // a tile may have come anew
  document.addEventListener("htmx:afterSettle", match);
  document.addEventListener("htmx:afterSettle", matchStars);
  document.addEventListener("htmx:pushedIntoHistory", follow);
  window.addEventListener("popstate", travelled, { capture: true });
  follow();
}

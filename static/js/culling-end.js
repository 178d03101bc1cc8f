/** The end of a culling: what was decided, and its one commit. */

import { counted } from "./culling-decisions.js";
import { itemOf } from "./culling-items.js";

const box = document.getElementById("cull");
const dialog = document.getElementById("cull-end");
const MOST_SHOWN = 60;
const TAKEN_BACK = "Taken back: all is as it was before.";

let decisions;
let redraw;

const part = (name) => dialog.querySelector(`[data-cull-${name}]`);
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const written = (count) => count.toLocaleString("en");

async function post(url, fields) {
  const reply = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(fields) });
  if (reply.status === 422) throw new Error((await reply.json()).error);
  if (reply.status === 403) throw new Error("You are signed out, or this page is too old. Reload it: your decisions stay.");
  if (!reply.ok) throw new Error("The server could not do it, and nothing was changed. Your decisions are kept; try again.");
  return reply.json();
}

function summary() {
  const { all, rejected, rated, marked, kept } = counted(decisions.all);
  if (!all) return "Nothing is decided yet.";
  const parts = [
    [rejected, "to the trash"],
    [rated, "to be rated"],
    [marked, "marked or unmarked as favourite"],
    [kept, "kept as they are"],
  ];
  return `${parts.filter(([count]) => count).map(([count, what]) => `${written(count)} ${what}`).join(", ")}.`;
}

function picture(id) {
  const image = document.createElement("img");
  image.src = itemOf(id).dataset.thumbnail;
  image.alt = itemOf(id).querySelector(".cull__words").textContent;
  image.width = image.height = 72;
  return image;
}

/** Thumbnails of what would go, as far as they are here. */
function rejected() {
  const ids = Object.keys(decisions.all).filter((id) => decisions.of(id).verdict === "reject" && itemOf(id));
  return ids.slice(0, MOST_SHOWN).map(picture);
}

function show({ isDone = false, error = "" } = {}) {
  part("before").hidden = isDone;
  part("after").hidden = !isDone;
  part("error").hidden = !error;
  part("error").textContent = error;
  part("commit").disabled = Object.keys(decisions.all).length === 0;
}

export function finish() {
  if (box.hidden) return; // it is done
  part("summary").textContent = summary();
  part("rejected").replaceChildren(...rejected());
  part("failures").hidden = true;
  show();
  if (!dialog.open) dialog.showModal();
  part("commit").focus();
}

function failure({ id, error }) {
  const item = document.createElement("li");
  if (itemOf(id)) item.append(picture(id));
  item.append(error);
  return item;
}

/** Those that have gone for good meanwhile cannot be named in a commit. */
async function dropGone() {
  const ids = Object.keys(decisions.all);
  const { assets } = await post(box.dataset.standingUrl, { asset_ids: ids.join() });
  const there = new Set(assets);
  const gone = ids.filter((id) => !there.has(id));
  decisions.remove(gone);
  return gone.map((id) => ({ id, error: "It is no longer in your library." }));
}

async function commit() {
  const gone = await dropGone();
  const sent = { ...decisions.all };
  const { said, failures, toast } = await post(box.dataset.commitUrl, { decisions: JSON.stringify(sent) });
  decisions.settle(sent);
  part("summary").textContent = said;
  part("rejected").replaceChildren();
  part("failures").replaceChildren(...[...gone, ...failures].map(failure));
  part("failures").hidden = !gone.length && !failures.length;
  const toasts = document.getElementById("toasts");
  toasts.insertAdjacentHTML("beforeend", toast);
  htmx.process(toasts.lastElementChild);
  show({ isDone: true });
  unblock();
  part("after").querySelector("a").focus();
}

/** A modal dialog would keep Undo in the toast out of reach. */
function unblock() {
  box.hidden = true;
  dialog.close();
  dialog.show();
}

async function tryCommit() {
  part("commit").disabled = true;
  try {
    await commit();
  } catch (error) {
    show({ error: error instanceof TypeError ? "The server cannot be reached. Your decisions are kept; try again." : error.message });
  }
}

export function startFinishing(ofPage, drawPage) {
  decisions = ofPage;
  redraw = drawPage;
  part("commit").addEventListener("click", tryCommit);
  part("forget").addEventListener("click", () => {
    decisions.clear();
    dialog.close();
  });
  for (const button of dialog.querySelectorAll("[data-cull-close]")) button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (dialog.open) return;
    // After a commit the list is another one.
    if (box.hidden) location.reload();
    else redraw();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.closest("[data-undo]")) part("summary").textContent = TAKEN_BACK;
  });
}

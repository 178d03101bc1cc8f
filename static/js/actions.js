/**
 * What buttons do to assets and jobs: `data-action` on a tile, in a group's header, in the
 * rail or in the viewer; `data-job-action` for a job; `data-clear` for the whole workspace.
 */

import { shownGroups } from "./groups.js";
import { post } from "./posting.js";
import { toast } from "./toasts.js";

const box = document.getElementById("job-groups");

/** What the element is about: one asset, or a whole job. */
function subject(element) {
  const tile = element.closest("[data-asset]");
  if (tile) return { asset_ids: tile.dataset.asset };
  const place = element.closest("[data-job], [data-rail]");
  return { job_ids: place.dataset.job ?? place.dataset.rail };
}

/** Focus the tile beside one that is going away. */
function moveFocus(tile) {
  const neighbour = tile.nextElementSibling ?? tile.previousElementSibling;
  neighbour?.querySelector("a, button")?.focus({ preventScroll: true });
}

/** Do `action` to what `element` (a tile, a group or something in it) is about. */
export async function actOn(action, element) {
  const about = subject(element);
  const tile = element.closest(".tile");
  if (tile && action !== "save") moveFocus(tile);
  element.closest("[popover]")?.hidePopover();
  await post(box.dataset.actionsUrl, { action, ...about });
  document.dispatchEvent(new CustomEvent("acted", { detail: { action, ...about } }));
}

function clear() {
  const ids = shownGroups().map((group) => group.dataset.job);
  if (ids.length) post(box.dataset.actionsUrl, { action: "clear_workspace", job_ids: ids });
}

/** What was asked for is gone: expired and purged, or removed elsewhere. */
function tellGone({ detail }) {
  if (detail.xhr.status === 404) toast("It is no longer in the workspace, so nothing was done.", { error: true });
}

export function startActions() {
  document.body.addEventListener("htmx:responseError", tellGone);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action], [data-job-action], [data-clear]");
    if (!button) return;
    if (button.dataset.action) actOn(button.dataset.action, button);
    else if ("clear" in button.dataset) clear();
    else post(`${box.dataset.jobsUrl}${button.closest("[data-job]").dataset.job}/${button.dataset.jobAction}/`);
  });
}

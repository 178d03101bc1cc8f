/** What is done to a selection in the library: a batch in the background, or a download. */

import { file, picked, Problem } from "./collections-picking.js";
import { post } from "./posting.js";
import { stopSelecting } from "./selecting.js";
import { isSelecting, selectedCount, selectedFields } from "./selection.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("selection");

/** Begin a batch; the page learns of it by its reply, which shows it. */
function begin(fields) {
  return post(bar.dataset.batchesUrl, { ...fields, ...selectedFields() }, { target: "#batches", swap: "outerHTML" });
}

/** What to do with collections: into one, out of one, or from one to the other. */
async function filing(form) {
  const [target, from_id] = [await picked(form, "collection_id"), await picked(form, "from_id")];
  if (!target && !from_id) throw new Problem("Choose a collection.");
  if (!target) return { action: "remove", collection_id: from_id };
  return from_id ? { action: "move", collection_id: target, from_id } : { action: "add", collection_id: target };
}

/** Send the form, whose answer is a download: what it cannot have is said before. */
async function download(form, submitter) {
  const fields = { asset_ids: "", q: "", except_ids: "", ...selectedFields() };
  const running = await fetch(bar.dataset.runningUrl);
  if (!(await running.json()).may_start) {
    toast("Two downloads are running. Wait until one is done.", { error: true });
    return;
  }
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.hidePopover();
  document.dispatchEvent(new CustomEvent("export-starts", { detail: { form, submitter } }));
}

function submitted(event) {
  const form = event.target;
  if (form.matches("[data-files]")) file(form, async () => begin(await filing(form)));
  else if (form.matches("[data-batch]")) begin(Object.fromEntries(new FormData(form, event.submitter)));
  else if (form.matches("[data-export]")) {
    event.stopPropagation();
    download(form, event.submitter).catch(() => toast("The download could not start. Try again.", { error: true }));
  } else return;
  event.preventDefault();
}

/** What is tagged is often filed or rated next, so it stays selected; what leaves does not. */
function begun({ detail }) {
  bar.querySelectorAll(":popover-open").forEach((popup) => popup.hidePopover());
  bar.querySelectorAll("form[popover]").forEach((form) => form.reset());
  if (detail.action === "trash") stopSelecting();
}

let isTrashing = false; // until the answer what goes is still selected

async function trash() {
  if (isTrashing) return;
  isTrashing = true;
  await begin({ action: "trash" }).catch(() => null); // a message says so
  isTrashing = false;
}

/** Move to the trash what is selected, if anything is. */
export function trashSelection() {
  if (!isSelecting() || !selectedCount()) return false;
  trash();
  return true;
}

export function startLibraryBatches() {
  if (!bar) return;
  bar.addEventListener("submit", submitted);
  document.addEventListener("batch-started", begun);
  document.addEventListener("library-counted", ({ detail }) => {
    bar.querySelector("[data-all-count]").textContent = detail.toLocaleString("en-GB");
  });
}

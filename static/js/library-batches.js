/** What is done to a selection in the library: a batch in the background, or a download. */

import { post } from "./posting.js";
import { stopSelecting } from "./selecting.js";
import { isSelecting, selectedCount, selectedFields } from "./selection.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("selection");
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

class Problem extends Error {}

/** Begin a batch; the page learns of it by its reply, which shows it. */
function begin(fields) {
  return post(bar.dataset.batchesUrl, { ...fields, ...selectedFields() }, { target: "#batches", swap: "outerHTML" });
}

/** The id of a new collection; Problem says what is wrong with its name. */
async function makeCollection(name) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  const reply = await fetch(bar.dataset.collectionsUrl, { method: "POST", headers, body: JSON.stringify({ name }) });
  const answer = await reply.json();
  if (reply.ok) return answer.id;
  throw new Problem(Object.values(answer.errors ?? {}).flat().join(" ") || answer.detail || answer.title);
}

/** What to do with collections: into one, out of one, or from one to the other. */
async function filing({ collection_id: into, from_id: out, name }) {
  if (!into && !out) throw new Problem("Choose a collection.");
  if (!into) return { action: "remove", collection_id: out };
  const target = into === "new" ? await makeCollection(name) : into;
  return out ? { action: "move", collection_id: target, from_id: out } : { action: "add", collection_id: target };
}

let isFiling = false; // pressed twice, a new collection is made once

async function file(form) {
  if (isFiling) return;
  isFiling = true;
  const problem = form.querySelector("[data-problem]");
  try {
    await begin(await filing(Object.fromEntries(new FormData(form))));
  } catch (error) {
    problem.textContent = error instanceof Problem ? error.message : "It could not be done. Try again.";
    problem.hidden = false;
  } finally {
    isFiling = false;
  }
}

/** Only a new collection needs a name. */
function fitName(form) {
  const isNew = form.elements.collection_id.value === "new";
  form.querySelector("[data-new-collection]").hidden = !isNew;
  form.elements.name.required = isNew;
  if (isNew) form.elements.name.focus();
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
  if (form.matches("[data-files]")) file(form);
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
  bar.addEventListener("change", (event) => event.target.name === "collection_id" && fitName(event.target.form));
  document.addEventListener("batch-started", begun);
  document.addEventListener("click", ({ target }) => target.closest("[data-batch-close]")?.closest(".batch").remove());
  document.addEventListener("library-counted", ({ detail }) => {
    bar.querySelector("[data-all-count]").textContent = detail.toLocaleString("en-GB");
  });
}

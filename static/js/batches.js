/** What is done to a whole selection: in steps with progress, and with a result per item. */

import { file, picked } from "./collections-picking.js";
import { useTogether } from "./recall.js";
import { selectedIds, selectedJobs } from "./selection.js";
import { toast } from "./toasts.js";

const GONE = "It is no longer in the workspace.";

const bar = document.getElementById("selection");
const box = document.getElementById("job-groups");
const progress = bar.querySelector("progress");
const results = document.getElementById("results");

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

async function post(url, fields) {
  const reply = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(fields) });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply;
}

/** Each line of a streamed reply, as it comes. */
async function* linesOf(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines.map((line) => JSON.parse(line));
  }
}

/** Which of `ids` are still shown, and a failure for each of the others. */
async function check(ids) {
  const reply = await post(bar.dataset.checkUrl, { asset_ids: ids.join() });
  const there = new Set((await reply.json()).assets.map(({ id }) => id));
  return { there: [...there], gone: ids.filter((id) => !there.has(id)).map((id) => ({ id, error: GONE })) };
}

function showProgress(done, total) {
  progress.hidden = total === 0;
  progress.value = total ? done / total : 0;
  bar.toggleAttribute("aria-busy", total > 0);
  bar.querySelectorAll("button").forEach((button) => {
    button.disabled = total > 0;
  });
}

function putToast(html) {
  const toasts = document.getElementById("toasts");
  toasts.insertAdjacentHTML("beforeend", html);
  htmx.process(toasts.lastElementChild);
}

function resultOf({ id, error }) {
  const item = document.createElement("li");
  const picture = box.querySelector(`[data-asset="${id}"] img`)?.cloneNode() ?? document.createElement("span");
  const words = document.createElement("p");
  words.textContent = error;
  item.append(picture, words);
  return item;
}

function showFailures(failures, total) {
  results.querySelector("[data-results-summary]").textContent = `${total - failures.length} of ${total} are done. These stayed as they were:`;
  results.querySelector("[data-results-list]").replaceChildren(...failures.map(resultOf));
  results.showModal();
}

/** Of what is gone, one asset for each job that has nothing left. */
function ofLostJobs(gone, there, jobs) {
  const known = new Set(there.map((id) => jobs.get(id)));
  return gone.filter(({ id }) => !known.has(jobs.get(id)) && known.add(jobs.get(id)));
}

/** Post what is selected and still there to `url`; each result is of an asset, or of a whole job. */
async function run(url, fields, ofJobs) {
  const jobs = selectedJobs();
  const ids = selectedIds();
  showProgress(0, ids.length);
  const { there, gone } = await check(ids);
  let failures = ofJobs ? ofLostJobs(gone, there, jobs) : gone;
  let total = failures.length;
  const reply = there.length ? await post(url, { asset_ids: there.join(), ...fields }) : null;
  for await (const line of reply ? linesOf(reply) : []) {
    if (line.of) showProgress(line.done, line.of);
    if (line.of === line.done && line.of) total += line.of;
    if (line.toast) {
      failures = failures.concat(line.failures);
      putToast(line.toast);
    }
  }
  if (failures.length) showFailures(failures, total);
}

async function act(url, fields = {}, { ofJobs = false } = {}) {
  try {
    await run(url, fields, ofJobs);
    document.dispatchEvent(new CustomEvent("batch-done"));
  } catch {
    toast("It stopped before the end. The history says what was done.", { error: true });
  } finally {
    showProgress(0, 0);
  }
}

async function saveFiled(form) {
  const collection_id = await picked(form, "collection_id");
  form.hidePopover();
  await act(bar.dataset.actUrl, { action: "save", tags: form.elements.tags.value, collection_id });
}

async function useAsReference() {
  if (await useTogether(selectedIds())) document.dispatchEvent(new CustomEvent("batch-done"));
}

/** Send the form, whose answer is a download: what it cannot have is said before. */
async function download(form) {
  const ids = selectedIds();
  const running = await fetch(form.dataset.runningUrl);
  if (!(await running.json()).may_start) {
    toast("Two downloads are running. Wait until one is done.", { error: true });
    return;
  }
  const { there, gone } = await check(ids);
  form.elements.asset_ids.value = there.join();
  if (there.length) form.submit();
  if (gone.length) showFailures(gone, ids.length);
}

export function startBatches() {
  bar.querySelector("[data-batch-archive]").addEventListener("submit", (event) => {
    event.preventDefault();
    download(event.target).catch(() => toast("The download could not start. Try again.", { error: true }));
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-batch]");
    if (button) act(bar.dataset.actUrl, { action: button.dataset.batch });
    if (event.target.closest("[data-batch-regenerate]")) act(bar.dataset.regenerateUrl, {}, { ofJobs: true });
    if (event.target.closest("[data-batch-reference]")) useAsReference();
  });
  bar.querySelector("[data-batch-tags]").addEventListener("submit", (event) => {
    event.preventDefault();
    file(event.target, saveFiled);
  });
}

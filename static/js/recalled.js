/**
 * Controls that the server read from an asset, a template or a dropped file, put into the bar;
 * what could not be restored is listed above it.
 */

import { renew, setControl, setPrompt } from "./prompt-bar.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("prompt-bar");
const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const boxes = () => [...bar.querySelectorAll("reference-box")];
let recalls = 0; // only the last one counts

/** The controls at `url`, or null after saying why there are none. */
async function ask(url, options) {
  const reply = await fetch(url, options).catch(() => null);
  const isJson = reply?.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJson ? await reply.json() : {};
  if (reply?.ok && isJson) return answer;
  toast(answer.detail ?? (reply?.status === 404 ? "This is gone, so nothing could be recalled." : "The server could not be asked. Try again."), { error: true });
  return null;
}

function note(missing) {
  const place = document.getElementById("recall-note");
  place.hidden = !missing.length;
  const list = place.querySelector("ul");
  list.replaceChildren(
    ...missing.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
}

function restoreReferences(references) {
  boxes().forEach((box) => box.clear());
  for (const [name, reference] of Object.entries(references)) {
    const box = boxes().find((candidate) => candidate.getAttribute("name") === name);
    box.hold({ upload: reference.upload_id }, reference.thumbnail, reference.source);
    for (const part of ["kind", "strength"]) setControl(`${name}.${part}`, reference[part] ?? "");
  }
}

/** Put what was recalled into the bar. */
export function restore({ controls, references, missing }) {
  const { prompt, ...others } = controls;
  const unknown = Object.entries(others).filter(([name, value]) => !setControl(name, value) && !(name === "content_mode" && value === "sfw"));
  if (prompt !== undefined) setPrompt(prompt);
  setControl("negative_prompt", controls.negative_prompt ?? "");
  setControl("term_weights", controls.term_weights ?? {});
  restoreReferences(references);
  bar.dispatchEvent(new Event("change", { bubbles: true }));
  note([...missing, ...unknown.map(([name]) => `${name}: the bar has no such control.`)]);
  renew();
  document.getElementById("prompt").focus({ preventScroll: true });
}

/** Recall from an address; the toast says `done`. */
export async function recallFrom(url, done, options) {
  const recalling = (recalls += 1);
  const recalled = await ask(url, options);
  if (!recalled || recalling !== recalls) return;
  restore(recalled);
  toast(recalled.missing.length ? `${done}, but not everything` : done);
}

export const recallAsset = (id) => recallFrom(`${bar.dataset.recallUrl}assets/${id}/`, "Settings recalled");

function recallFile(file) {
  const body = new FormData();
  body.append("file", file);
  const options = { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } };
  return recallFrom(`${bar.dataset.recallUrl}file/`, `Settings of ${file.name} recalled`, options);
}

const hasFile = (event) => [...event.dataTransfer.types].includes("Files");

/** A file on the bar beside the reference boxes is asked how it was made. */
function takeDrops() {
  bar.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !hasFile(event)) return;
    event.preventDefault();
    bar.classList.add("is-target");
  });
  bar.addEventListener("dragleave", (event) => {
    if (!bar.contains(event.relatedTarget)) bar.classList.remove("is-target");
  });
  bar.addEventListener("drop", (event) => {
    bar.classList.remove("is-target");
    if (event.defaultPrevented || !hasFile(event)) return;
    event.preventDefault();
    recallFile(event.dataTransfer.files[0]);
  });
}

/** Put a picture of the library into the first reference box that the mode has. */
async function referToLibrary(id) {
  const box = boxes().find((candidate) => !candidate.hidden);
  if (box && (await box.takeLibraryAsset(id))) toast(`Set as ${box.getAttribute("label").toLowerCase()}`);
}

const FROM_LIBRARY = { recall: (id) => recallAsset(encodeURIComponent(id)), reference: referToLibrary };

/** `?recall=<asset>` or `?reference=<asset>`, from the library, is done once and taken away. */
function followAddress() {
  const address = new URL(location.href);
  for (const [name, act] of Object.entries(FROM_LIBRARY)) {
    const id = address.searchParams.get(name);
    if (!id) continue;
    address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    act(id);
  }
}

export function startRecalled() {
  takeDrops();
  followAddress();
  bar.addEventListener("submit", () => note([]));
  document.addEventListener("click", (event) => {
    const template = event.target.closest("[data-recall-template]");
    if (template) {
      template.closest("[popover]").hidePopover();
      recallFrom(`${bar.dataset.recallUrl}templates/${template.dataset.recallTemplate}/`, `Template ${template.textContent.trim()} recalled`);
    }
    if (event.target.closest("[data-close-note]")) note([]);
  });
}

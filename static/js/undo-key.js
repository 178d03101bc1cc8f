/** Ctrl+Z (Cmd+Z) takes back the latest action, except where text is being written. */

import { post } from "./posting.js";

const NOT_TEXT = ["button", "checkbox", "radio", "range", "submit", "reset", "file"];

/** Whether `element` takes text, so that keys belong to it. */
export function takesText(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element instanceof HTMLInputElement && !NOT_TEXT.includes(element.type);
}

const isUndo = (event) => (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";

export function startUndoKey() {
  const url = document.getElementById("job-groups").dataset.undoUrl;
  document.addEventListener("keydown", (event) => {
    if (!isUndo(event) || event.defaultPrevented || event.repeat || takesText(event.target)) return;
    event.preventDefault();
    post(url);
  });
}

/** The panel of the enhanced prompt: take it into the bar, go back, or keep one's own. */

import { controls, setControl, setPrompt } from "./prompt-bar.js";

const panel = document.getElementById("enhancement");
const prompt = document.getElementById("prompt");
let before; // what Undo puts back: the prompt, and whether generating enhances it

/** What was asked for before it is closed does not open it again. */
function close() {
  panel.querySelectorAll(".htmx-request").forEach((asking) => htmx.trigger(asking, "htmx:abort"));
  panel.replaceChildren();
}

/** Say that the enhanced prompt is in use, with a way back. */
function offerUndo() {
  panel.replaceChildren(document.getElementById("enhancement-used").content.cloneNode(true));
}

/** What is enhanced already is not enhanced again when it is generated. */
function use() {
  const text = document.getElementById("enhanced-text").value;
  before = { text: prompt.value, method: controls().enhancement };
  setPrompt(text);
  setControl("enhancement", "none");
  offerUndo();
}

function undo() {
  setPrompt(before.text);
  setControl("enhancement", before.method);
  close();
}

export function startEnhancement() {
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-use-enhancement]")) use();
    else if (event.target.closest("[data-undo-enhancement]")) undo();
    else if (event.target.closest("[data-close-enhancement]")) {
      close();
      prompt.focus();
    }
  });
  document.getElementById("prompt-bar").addEventListener("submit", close);
}

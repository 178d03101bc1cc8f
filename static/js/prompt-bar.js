/**
 * The prompt bar: shows only the controls that the chosen model and mode honour, keeps what
 * was set from visit to visit, and shows the composed prompt.
 */

import { keepFields, keepSettings, keptSettings } from "./kept-settings.js";

const NOT_KEPT = /reference|^prompt$|^term_weights\./; // references expire; the others have their own way

const bar = document.getElementById("prompt-bar");
const prompt = document.getElementById("prompt");
const honoured = JSON.parse(bar.dataset.laneControls);
const defaults = JSON.parse(bar.dataset.jobTypes);

const control = (name) => bar.querySelector(`:is(cycle-toggle, term-weights)[name="${name}"]`);
const mode = () => bar.elements.mode.value;
const model = () => (mode() === "video" ? "wan" : control("model").value);
const isBusyTyping = (event) => event.target === prompt || event.target.matches("input[type=text], input:not([type])");

/** Every control as `{name: value}`, but for references and the prompt. */
export function controls() {
  const values = { term_weights: control("term_weights").value };
  for (const element of bar.elements) {
    if (!element.name || NOT_KEPT.test(element.name)) continue;
    if (element.type === "radio" && !element.checked) continue;
    values[element.name] = element.type === "checkbox" ? element.checked : element.value;
  }
  return values;
}

/** Set one control by name; false when the bar has none of that name. */
export function setControl(name, value) {
  const toggle = control(name);
  const element = bar.elements[name];
  if (toggle) toggle.value = value;
  else if (!element) return false;
  else if (element.type === "checkbox") element.checked = value === true || value === "true";
  else element.value = value ?? "";
  if (element instanceof Element) element.dispatchEvent(new Event("renewed"));
  return true;
}

/** Put `text` into the prompt as if it were typed, so that Ctrl+Z brings the old one back. */
export function setPrompt(text) {
  prompt.focus({ preventScroll: true });
  prompt.select();
  const [command, argument] = text ? ["insertText", text] : ["delete", undefined];
  // The only way into a text field's own undo; where a browser lacks it, the text is just set.
  if (prompt.value !== text && !document.execCommand(command, false, argument)) prompt.value = text;
}

/** Show what the chosen model and mode honour; what is hidden is not sent. */
export function renew() {
  const key = `${model()}:${mode()}`;
  const names = new Set(honoured[key]);
  bar.querySelectorAll("[data-control]").forEach((place) => {
    const off = !names.has(place.dataset.control);
    if (!place.popover) place.hidden = off;
    place.querySelectorAll("input, select, textarea").forEach((field) => {
      const emptyReference = "part" in field.dataset && place.isEmpty;
      field.disabled = off || emptyReference;
    });
  });
  control("model").hidden = mode() === "video";
  showDefaults(`${key}:${control("quality").value}`);
  showChosen();
  htmx.trigger(bar, "compose");
}

function showDefaults(key) {
  for (const [name, value] of Object.entries(defaults[key])) {
    const field = document.getElementById(name);
    field.placeholder = value;
    field.dispatchEvent(new Event("renewed"));
  }
}

function showChosen() {
  bar.querySelectorAll("[data-shows]").forEach((button) => {
    const chosen = bar.querySelector(`input[name="${button.dataset.shows}"]:checked`);
    button.querySelector("span").textContent = chosen.closest("label").textContent.trim();
  });
}

/** What would be sent, but for what belongs to one prompt. */
function fields() {
  const sent = [...new FormData(bar)].filter(([name, value]) => value !== "" && !NOT_KEPT.test(name) && name !== "model");
  return new URLSearchParams([...sent, ["model", model()]]).toString();
}

function keep() {
  keepSettings({ ...controls(), prompt: prompt.value });
  keepFields(mode(), fields());
}

function restore() {
  for (const [name, value] of Object.entries(keptSettings())) setControl(name, value);
}

function reset() {
  const { value } = prompt;
  bar.reset();
  bar.querySelectorAll("cycle-toggle").forEach((toggle) => setControl(toggle.getAttribute("name"), toggle.getAttribute("value") ?? toggle.options[0][0]));
  bar.querySelectorAll("reference-box").forEach((box) => box.clear());
  prompt.value = value;
  renew();
  keep();
}

/** What is sent: WAN for video, nothing empty, and a key so that a doubled press is one job. */
function prepare(event) {
  if (event.target !== bar) return;
  event.detail.headers["Idempotency-Key"] = crypto.randomUUID();
}

export function startPromptBar() {
  restore();
  renew();
  bar.addEventListener("change", () => {
    renew();
    keep();
  });
  bar.addEventListener("input", (event) => {
    if (isBusyTyping(event)) htmx.trigger(bar, "compose");
    keep();
  });
  document.body.addEventListener("htmx:configRequest", prepare);
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (bar.contains(event.target)) event.detail.parameters.set("model", model());
  });
  prompt.addEventListener("keydown", (event) => {
    const send = event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.shiftKey);
    if (!send || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) bar.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const example = event.target.closest("[data-example]");
    if (example) {
      setPrompt(example.textContent);
      renew();
    }
    if (event.target.closest("[data-reset]")) reset();
  });
}

/**
 * The prompt bar: shows only the controls that the chosen model and mode honour, keeps what
 * was set from visit to visit, and shows the composed prompt.
 */

import { keepFields, keepSettings, keptSettings } from "./kept-settings.js";
import { startSubmitting, submit } from "./submitting.js";

const NOT_KEPT = /reference|^prompt$|^term_weights\./; // references expire; the others have their own way

const bar = document.getElementById("prompt-bar");
const prompt = document.getElementById("prompt");
const models = JSON.parse(bar.dataset.models);
const lastOfMode = {}; // the model that was used last for pictures, and for clips
let shownMode;

const control = (name) => bar.querySelector(`:is(cycle-toggle, term-weights)[name="${name}"]`);
const mode = () => bar.elements.mode.value;
const box = (name) => bar.querySelector(`reference-box[name="${name}"]`);
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
  const model = chooseModel();
  const offered = models[model]?.modes[mode()] ?? { controls: [], refused: [], starting: {} };
  const names = honoured(models[model], offered.controls);
  bar.querySelectorAll("[data-control]").forEach((place) => {
    const off = !names.has(place.dataset.control);
    if (!place.popover) place.hidden = off;
    place.querySelectorAll("input, select, textarea").forEach((field) => {
      const emptyReference = "part" in field.dataset && place.isEmpty;
      field.disabled = off || emptyReference;
    });
  });
  if (models[model]) showLimits(models[model]);
  showReasons(offered.refused);
  showWords(models[model]?.words ?? "");
  showStarting(offered.starting[control("quality").value] ?? {});
  showChosen();
  htmx.trigger(bar, "compose");
}

/** The chosen model; one that does not make what the mode says gives way to one that does. */
function chooseModel() {
  const choices = [...bar.querySelectorAll('input[name="model"]')];
  const able = (name) => models[name].usable && mode() in models[name].modes;
  for (const choice of choices) {
    choice.closest("label").hidden = !(mode() in models[choice.value].modes);
    choice.disabled = !able(choice.value);
  }
  const chosen = choices.find((choice) => choice.checked)?.value;
  // Another mode alone brings back what was used in it; a model that was set meanwhile stays.
  const before = chosen === lastOfMode[shownMode] ? lastOfMode[mode()] : chosen;
  const model = [before, chosen, ...choices.map(({ value }) => value)].find((name) => name in models && able(name));
  for (const choice of choices) choice.checked = choice.value === model;
  shownMode = mode();
  lastOfMode[shownMode] = model;
  return model;
}

/** Names of the controls that can be used; of a start and an end frame perhaps only one. */
function honoured(model, controls) {
  const names = new Set(controls);
  const frames = ["start_reference", "end_reference"];
  if (model?.both && frames.every((name) => names.has(name))) {
    const held = frames.find((name) => !box(name).isEmpty);
    if (held) names.delete(frames.find((name) => name !== held));
  }
  return names;
}

/** Offer what is within the model's limits. */
function showLimits(model) {
  for (const [name, values] of Object.entries(model.values)) {
    if (values.length) control(name).allow(values);
  }
  const [fewest, most] = model.steps;
  const field = document.getElementById("steps");
  for (const input of field.parentElement.querySelectorAll("input")) Object.assign(input, { min: fewest, max: most });
  if (field.value) field.value = Math.min(Math.max(field.value, fewest), most);
  showKinds(model.kinds);
}

/** Kinds of reference that cannot be used are shown so, with the reason. */
function showKinds(refused) {
  const select = bar.elements["reference.kind"];
  for (const option of select.options) option.disabled = option.value in refused;
  if (select.selectedOptions[0]?.disabled) select.value = [...select.options].find((option) => !option.disabled)?.value ?? select.value;
  const help = bar.querySelector("[data-kind-help]");
  help.textContent = [...new Set(Object.values(refused))].join(" ");
  help.hidden = !help.textContent;
}

/** What the model cannot honour, with the reasons, stands where the model is chosen. */
function showReasons(reasons) {
  const notes = document.getElementById("model-notes");
  notes.hidden = !reasons.length;
  notes.querySelector("ul").replaceChildren(...reasons.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })));
  bar.querySelector('[data-shows="model"]').title = ["Model", ...reasons].join("\n");
}

function showWords(words) {
  const note = document.getElementById("model-words");
  note.hidden = !words;
  note.querySelector("span").textContent = words;
}

function showStarting(values) {
  for (const [name, value] of Object.entries(values)) {
    const field = document.getElementById(name);
    field.placeholder = value;
    field.dispatchEvent(new Event("renewed"));
  }
}

function showChosen() {
  bar.querySelectorAll("[data-shows]").forEach((button) => {
    const chosen = bar.querySelector(`input[name="${button.dataset.shows}"]:checked`);
    const label = chosen?.dataset.label ?? chosen?.closest("label").textContent.trim();
    button.querySelector("span").textContent = label ?? "No model";
  });
}

/** What would be sent, but for what belongs to one prompt. */
function fields() {
  const sent = [...new FormData(bar)].filter(([name, value]) => value !== "" && !NOT_KEPT.test(name));
  return new URLSearchParams(sent).toString();
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

/** What is sent has a key, so that it is one job however often it has to be sent. */
function prepare(event) {
  if (event.target !== bar) return;
  event.detail.headers["Idempotency-Key"] = crypto.randomUUID();
}

export function startPromptBar() {
  startSubmitting();
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
  prompt.addEventListener("keydown", (event) => {
    const send = event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.shiftKey);
    if (!send || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) submit();
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

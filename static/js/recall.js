/**
 * `data-recall-as` puts something of an asset into the prompt bar: all of its controls, its
 * seed, the picture as a reference, or one of the variations (FACTS: strength, guidance, steps).
 */

import { renew, setControl, setPrompt } from "./prompt-bar.js";
import { recallAsset } from "./recalled.js";
import { toast } from "./toasts.js";

const VARIATIONS = {
  copy: { "reference.strength": 0.95, guidance: 1, steps: 15, seed_locked: true },
  modify: { "reference.strength": 0.75, guidance: 6.5, steps: 25, seed_locked: false },
  creative: { "reference.strength": 0.4, guidance: 7, steps: 25, seed_locked: false },
};
const NOT_CONTROLS = /reference|prompt$|enhancement_only|content_mode/;

const box = (name) => document.querySelector(`reference-box[name="${name}"]`);

/** The tile or viewer that the button belongs to. */
function subject(button) {
  const menu = button.closest("#tile-menu");
  return menu ? document.getElementById(menu.dataset.tile) : button.closest("[data-asset]");
}

/** A tile's job has the controls; the viewer brings them along, as its job may not be loaded. */
function settingsOf(place) {
  return JSON.parse(place.dataset.recall ?? place.closest("[data-job]").dataset.recall);
}

function picture(place) {
  const image = place.querySelector("img") ?? place.querySelector("video");
  return image.currentSrc && image.tagName === "IMG" ? image.currentSrc : image.poster;
}

function recallAll(place) {
  const settings = settingsOf(place);
  for (const [name, value] of Object.entries(settings)) {
    if (!NOT_CONTROLS.test(name)) setControl(name, value);
  }
  setControl("term_weights", settings.term_weights);
  setControl("negative_prompt", settings.negative_prompt ?? "");
  setControl("seed", place.dataset.seed);
  setPrompt(settings.prompt);
}

function useAs(place, name) {
  box(name).holdAsset(place.dataset.asset, picture(place), "your workspace");
}

const recalls = {
  all: (place) => recallAsset(place.dataset.asset),
  seed: (place) => {
    setControl("seed", place.dataset.seed);
    toast(`Seed ${place.dataset.seed} set`);
  },
  reference: (place) => {
    const isVideo = document.querySelector('#prompt-bar [name="mode"]:checked').value === "video";
    useAs(place, isVideo ? "start_reference" : "reference");
    toast(isVideo ? "Set as start frame" : "Set as reference");
  },
  video: (place) => {
    recallAll(place);
    setControl("mode", "video");
    setControl("seed", "");
    renew();
    useAs(place, "start_reference");
    toast("The clip will start with this picture");
  },
};

function vary(place, name) {
  recallAll(place);
  setControl("mode", "image");
  renew();
  useAs(place, "reference");
  for (const [control, value] of Object.entries(VARIATIONS[name])) setControl(control, value);
  if (name !== "copy") setControl("seed", "");
  toast(`Ready to ${name === "creative" ? "vary freely" : name}: press Generate`);
}

export function startRecall() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-recall-as]");
    if (!button) return;
    const place = subject(button);
    const how = button.dataset.recallAs;
    button.closest("#tile-menu")?.hidePopover();
    document.getElementById("lightbox").close("recalled");
    if (how in VARIATIONS) vary(place, how);
    else recalls[how](place);
    renew();
    document.getElementById("prompt").focus({ preventScroll: true });
  });
}

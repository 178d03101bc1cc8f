/**
 * `data-recall-as` puts something of an asset into the prompt bar: all of its controls, its
 * seed, the picture as a reference, or one of the variations (FACTS: strength, guidance, steps).
 */

import { renew, setControl, setPrompt } from "./prompt-bar.js";
import { recallAsset } from "./recalled.js";
import { toast } from "./toasts.js";
import { pageOf } from "./viewer-pages.js";

const VARIATIONS = {
  copy: { "reference.strength": 0.95, guidance: 1, steps: 15, seed_locked: true },
  modify: { "reference.strength": 0.75, guidance: 6.5, steps: 25, seed_locked: false },
  creative: { "reference.strength": 0.4, guidance: 7, steps: 25, seed_locked: false },
};
const NOT_CONTROLS = /reference|prompt$|enhancement_only|content_mode/;

/** What several assets together are, by mode: at most one for each box. */
const TOGETHER = {
  image: { names: ["reference", "style_reference"], words: ["the reference", "the style reference"], limit: "A picture takes two: a reference and one for its style." },
  video: { names: ["start_reference", "end_reference"], words: ["the start frame", "the end frame"], limit: "A clip takes two: its start frame and its end frame." },
};

const mode = () => document.querySelector('#prompt-bar [name="mode"]:checked').value;
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

/** Its address, whether it has come yet or not. */
function picture(place) {
  const image = place.querySelector("img") ?? place.querySelector("video");
  return image.tagName === "IMG" ? image.src : image.poster;
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

/** The picture of an asset, also of one whose tile is not loaded; null where it has gone. */
async function pictureOf(id) {
  const tile = document.querySelector(`#job-groups [data-asset="${id}"]`);
  if (tile) return picture(tile);
  const template = document.createElement("template");
  template.innerHTML = (await pageOf(`${id}/`)) ?? "";
  const media = template.content.querySelector("[data-zoomable]");
  return media && media.getAttribute(media.tagName === "VIDEO" ? "poster" : "src");
}

/** Put the assets `ids` into the boxes of the bar's mode, in order; false and the reason if not. */
export async function useTogether(ids) {
  const { names, words, limit } = TOGETHER[mode()];
  const boxes = names.map(box).filter((one) => !one.hidden);
  const pictures = ids.length <= boxes.length ? await Promise.all(ids.map(pictureOf)) : [];
  let reason = "";
  if (!boxes.length) reason = "The chosen model takes no reference. Choose another model.";
  else if (ids.length > boxes.length) reason = boxes.length === 2 ? `${limit} Select one or two.` : "The chosen model takes one reference. Select one.";
  else if (pictures.includes(null)) reason = "It is no longer in the workspace.";
  if (reason) {
    toast(reason, { error: true });
    return false;
  }
  ids.forEach((id, at) => boxes[at].holdAsset(id, pictures[at], "your workspace"));
  renew();
  toast(`Set as ${words.slice(0, ids.length).join(" and ")}`);
  document.getElementById("prompt").focus({ preventScroll: true });
  return true;
}

const recalls = {
  all: (place) => recallAsset(place.dataset.asset),
  seed: (place) => {
    setControl("seed", place.dataset.seed);
    toast(`Seed ${place.dataset.seed} set`);
  },
  reference: (place) => {
    const isVideo = mode() === "video";
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

/** Job groups in the page: put in, renewed in place, taken out; never twice, never backwards. */

import { sortOfPage, standsBefore } from "./order.js";
import { renewTimes } from "./times.js";

const box = document.getElementById("job-groups");
const rail = document.getElementById("rail-items");
const goneAt = new Map(); // job id -> the version at which it left

const version = (section) => Number(section.dataset.version);
const sectionOf = (id) => document.getElementById(`job-${id}`);

/** Every group shown, in the page's order. */
export const shownGroups = () => [...box.querySelectorAll("[data-job]:not([data-lone])")];

/** Job id -> version, of every group shown. */
export const shownVersions = () => Object.fromEntries(shownGroups().map((group) => [group.dataset.job, version(group)]));

/** Whether the reader has scrolled away from the newest group. */
const isAway = () => window.scrollY > 120;

const morphing = {
  morphStyle: "outerHTML",
  callbacks: {
    // A clip that plays goes on playing; what scripts have shown or set stays.
    beforeNodeMorphed: (old) => !(old instanceof HTMLVideoElement),
    beforeAttributeUpdated: (name, element) => name !== "data-lone" && !(name === "open" && element instanceof HTMLDetailsElement),
  },
};

function renew(old, fresh) {
  const focused = old.contains(document.activeElement) && document.activeElement.id;
  Idiomorph.morph(old, fresh, morphing);
  const now = document.getElementById(fresh.id);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  htmx.process(now);
  renewTimes(now);
}

function putIn(section, railItem) {
  const sort = sortOfPage();
  const older = shownGroups().find((group) => standsBefore(section, group, sort));
  const more = box.querySelector(".more");
  if (!older && more) return; // it belongs to a page that is not loaded yet
  const keep = older && isAway() ? anchor() : null;
  box.insertBefore(section, older ?? more);
  rail.insertBefore(railItem, older ? document.getElementById(`rail-${older.dataset.job}`) : null);
  htmx.process(section);
  renewTimes(section);
  if (keep) keep();
  document.dispatchEvent(new CustomEvent("job-added", { detail: { section, away: isAway() } }));
}

/** Remember where the first visible group is; call the result to put it back there. */
function anchor() {
  const group = shownGroups().find((candidate) => candidate.getBoundingClientRect().bottom > 0);
  const top = group?.getBoundingClientRect().top;
  return () => group && window.scrollBy({ top: group.getBoundingClientRect().top - top, behavior: "instant" });
}

/** Show `section` (a job's group) and its place in the rail, unless what is shown is newer. */
export function upsert(section, railItem) {
  const id = section.dataset.job;
  const shown = sectionOf(id);
  if (shown) {
    if (version(section) < version(shown)) return;
    renew(shown, section);
    const inRail = document.getElementById(`rail-${id}`);
    if (inRail) renew(inRail, railItem);
  } else if (version(section) > (goneAt.get(id) ?? 0)) {
    putIn(section, railItem);
  }
  tell();
}

/** Take a job's group out of the page; focus goes to its neighbour. */
export function remove(id) {
  const shown = sectionOf(id);
  if (!shown) return;
  goneAt.set(id, version(shown));
  const hadFocus = shown.contains(document.activeElement);
  const groups = shownGroups();
  const at = groups.indexOf(shown);
  const neighbour = groups[at + 1] ?? groups[at - 1];
  shown.remove();
  document.getElementById(`rail-${id}`)?.remove();
  if (hadFocus) (neighbour ?? document.getElementById("prompt")).focus({ preventScroll: true });
  tell();
}

/** Take in a fragment of groups, rail items and `data-removed` marks. */
export function takeIn(fragment) {
  fragment.querySelectorAll("section[data-job]").forEach((section) => {
    upsert(section, fragment.querySelector(`[data-rail="${section.dataset.job}"]`));
  });
  fragment.querySelectorAll("[data-removed]").forEach((mark) => remove(mark.dataset.removed));
}

/** Show another listing in place of this one: `fragment` has parts named by `data-part`. */
export function replaceGroups(fragment) {
  for (const part of fragment.querySelectorAll("[data-part]")) {
    const place = document.getElementById(part.dataset.part);
    place.replaceChildren(...part.childNodes);
    htmx.process(place);
    htmx.trigger(place, "htmx:load");
  }
  goneAt.clear();
  tell();
  document.dispatchEvent(new CustomEvent("listing-replaced"));
}

/**
 * Put the group of job `id`, out of a reply's text, before all others: alone, since it belongs
 * to a page that is not loaded. False if the reply has no such group.
 */
export function takeInAlone(html, id) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const section = template.content.querySelector(`section[data-job="${CSS.escape(id)}"]`);
  if (!section) return false;
  section.dataset.lone = "";
  box.prepend(section);
  htmx.process(section);
  renewTimes(section);
  return true;
}

/** `takeIn` from text, as it comes over the socket. */
export function takeInText(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  takeIn(template.content);
}

function tell() {
  const empty = !box.querySelector("[data-job]");
  document.getElementById("workspace-empty").hidden = !empty;
  document.getElementById("clear-workspace").hidden = empty;
  document.dispatchEvent(new CustomEvent("groups-changed"));
}

export function startGroups() {
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target?.id !== "incoming") return;
    event.detail.shouldSwap = false;
    takeIn(event.detail.fragment);
  });
}

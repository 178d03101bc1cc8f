/** How far a job is, put into its placeholders and its ring in the rail. */

import { inWords } from "./times.js";

const PHASES = { loading: "Loading model", saving: "Saving" };

/** What is happening to output `index`; the same words as the server's `stage_of`. */
export function stage(progress, index) {
  if (!progress.phase) return index === 0 ? "Starting" : "Waiting";
  if (index !== (progress.index ?? 0)) return "Waiting";
  return PHASES[progress.phase] ?? `Step ${progress.step} of ${progress.steps}`;
}

/** Percent of output `index` that is done. */
export function percent(progress, index) {
  const at = progress.index ?? 0;
  if (!progress.steps || index > at) return 0;
  return index < at ? 100 : Math.round((100 * progress.step) / progress.steps);
}

/** "2nd in line, about 12 s"; `position` is the number of jobs ahead. */
export function waitInWords(position, seconds) {
  const ordinal = new Intl.PluralRules("en", { type: "ordinal" });
  const suffix = { one: "st", two: "nd", few: "rd", other: "th" };
  const place = position ? `${position + 1}${suffix[ordinal.select(position + 1)]} in line` : position === 0 ? "Next in line" : "";
  const wait = seconds == null ? "" : `about ${inWords(Math.max(seconds, 1))}`;
  return [place, wait].filter(Boolean).join(", ");
}

const setRing = (root, value) => root?.querySelector(".ring__done")?.setAttribute("stroke-dasharray", `${value} 100`);

/** Show a `progress` message `{id, progress, previews, eta_seconds, position}`. */
export function showProgress({ id, progress, previews, eta_seconds: eta, position }) {
  setRing(document.getElementById(`rail-${id}`), Math.round(progress.percent ?? 0));
  document.getElementById(`job-${id}`)?.querySelectorAll(".tile--waiting").forEach((tile) => {
    const index = Number(tile.dataset.index);
    setRing(tile, percent(progress, index));
    tile.querySelector("[data-stage]").textContent = stage(progress, index);
    const wait = tile.querySelector("[data-eta]");
    if (wait) wait.textContent = waitInWords(position, eta);
    showPreview(tile, previews?.[index]);
  });
}

/** What the tiles of a waiting job say: it moves up without a change of its own. */
export function showWait(id, position, seconds) {
  const wait = document.querySelector(`#job-${id}[data-status="queued"] [data-eta]`);
  if (wait) wait.textContent = waitInWords(position, seconds);
}

function showPreview(tile, source) {
  if (!source) return;
  const picture = tile.querySelector(".tile__preview");
  picture.src = source;
  picture.hidden = false;
}

/** What is selected: asset id -> job id, also of assets that are not loaded; and its marks. */

const bar = document.getElementById("selection");
const box = document.getElementById("job-groups");
const chosen = new Map();
export const MOST = 5_000; // at a time, as workspace/selection.py has it
let awaited = 0; // answers that will select more: nothing is done to half of what is meant
const seen = new Set(); // ids that have had a tile: without one now, they have left

const tileOf = (id) => box.querySelector(`[data-asset="${id}"]`);

/** Ids in the order in which they were selected. */
export const selectedIds = () => [...chosen.keys()];

/** Asset id -> job id, as it is now. */
export const selectedJobs = () => new Map(chosen);

export const isSelecting = () => !bar.hidden;

/** The asset of a tile as the server names it. */
export const assetOf = (tile) => ({ id: tile.dataset.asset, job: tile.closest("[data-job]").dataset.job });

function mark(tile) {
  const selected = chosen.has(tile.dataset.asset);
  tile.classList.toggle("is-selected", selected);
  tile.querySelector("[data-select]").checked = selected;
}

/** Show everywhere what is selected now. */
export function showSelection() {
  box.querySelectorAll("[data-asset]").forEach((tile) => {
    seen.add(tile.dataset.asset);
    mark(tile);
  });
  bar.querySelector("[data-selected-count]").textContent = chosen.size.toLocaleString();
  bar.querySelectorAll(".selection__actions .button").forEach((button) => {
    button.disabled = chosen.size === 0 || awaited > 0;
  });
}

/** Select or leave out `assets`, each `{id, job}`; false where they were too many for one selection. */
export function select(assets, selected = true) {
  let fits = true;
  for (const { id, job } of assets) {
    if (!selected) chosen.delete(id);
    else if (chosen.has(id) || chosen.size < MOST) chosen.set(id, job);
    else fits = false;
  }
  showSelection();
  return fits;
}

/** What `answer`, a promise, says; until then nothing can be done with the selection. */
export async function awaitMore(answer) {
  awaited += 1;
  showSelection();
  try {
    return await answer;
  } finally {
    awaited -= 1;
    showSelection();
  }
}

export const isSelected = (id) => chosen.has(id);

export function startSelection() {
  bar.hidden = false;
  document.body.classList.add("is-selecting");
  showSelection();
}

export function endSelection() {
  chosen.clear();
  showSelection();
  bar.hidden = true;
  document.body.classList.remove("is-selecting");
}

/** Leave out what had a tile and has none any more. */
export function forgetGone() {
  for (const id of chosen.keys()) {
    if (seen.has(id) && !tileOf(id)) chosen.delete(id);
  }
  showSelection();
}

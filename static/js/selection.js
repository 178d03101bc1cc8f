/**
 * What is selected: asset id -> job id, also of assets that are not loaded; and its marks. Where
 * all that match are too many to name, a selection is a query without what was left out of it.
 */

const bar = document.getElementById("selection");
const box = document.getElementById(bar?.dataset.of);
const chosen = new Map();
export const MOST = 5_000; // by their ids at a time, as the server has it
let awaited = 0; // answers that will select more: nothing is done to half of what is meant
const seen = new Set(); // ids that have had a tile: without one now, they have left
let all = null; // {query, total, without: Set}

const tileOf = (id) => box.querySelector(`[data-asset="${id}"]`);

/** Ids in the order in which they were selected. */
export const selectedIds = () => [...chosen.keys()];

/** Asset id -> job id, as it is now. */
export const selectedJobs = () => new Map(chosen);

/** How many are selected. */
export const selectedCount = () => (all ? all.total - all.without.size : chosen.size);

/** The selection as fields of a form. */
export const selectedFields = () =>
  all ? { q: all.query, except_ids: [...all.without].join() } : { asset_ids: selectedIds().join() };

export const isSelecting = () => Boolean(bar && !bar.hidden);

/** The asset of a tile as the server names it. */
export const assetOf = (tile) => ({ id: tile.dataset.asset, job: tile.closest("[data-job]")?.dataset.job });

export const isSelected = (id) => (all ? !all.without.has(id) : chosen.has(id));

function mark(tile) {
  const selected = isSelecting() && isSelected(tile.dataset.asset);
  tile.classList.toggle("is-selected", selected);
  const field = tile.querySelector("[data-select]");
  if (field) field.checked = selected; // a tile that came back by Undo gets one with the next refresh
}

/** Show everywhere what is selected now. */
export function showSelection() {
  box.querySelectorAll("[data-asset]").forEach((tile) => {
    seen.add(tile.dataset.asset);
    mark(tile);
  });
  bar.querySelector("[data-selected-count]").textContent = selectedCount().toLocaleString();
  bar.querySelectorAll(".selection__actions .button").forEach((button) => {
    button.disabled = selectedCount() === 0 || awaited > 0;
  });
}

/** Select or leave out `assets`, each `{id, job}`; false where they were too many for one selection. */
export function select(assets, selected = true) {
  const fits = assets.map(({ id, job }) => (all ? changeAll(id, selected) : change(id, job, selected))).every(Boolean);
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

function change(id, job, selected) {
  if (!selected) chosen.delete(id);
  else if (chosen.has(id) || chosen.size < MOST) chosen.set(id, job);
  else return false;
  return true;
}

function changeAll(id, selected) {
  if (selected) all.without.delete(id);
  else if (all.without.size < MOST) all.without.add(id);
  else return false;
  return true;
}

/** Select all `total` that `query` finds. */
export function selectAll(query, total) {
  all = { query, total, without: new Set() };
  chosen.clear();
  showSelection();
}

export function startSelection() {
  bar.hidden = false;
  document.body.classList.add("is-selecting");
  showSelection();
}

export function endSelection() {
  all = null;
  chosen.clear();
  bar.hidden = true;
  showSelection();
  document.body.classList.remove("is-selecting");
}

/** Leave out what had a tile and has none any more. */
export function forgetGone() {
  for (const id of chosen.keys()) {
    if (seen.has(id) && !tileOf(id)) chosen.delete(id);
  }
  showSelection();
}

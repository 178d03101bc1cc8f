/** Keys of the workspace: between tiles, and what they do to the tile or the job in focus. */

import { actOn } from "./actions.js";
import { startHelp } from "./help.js";
import { takesText } from "./undo-key.js";

const help = document.getElementById("shortcuts");

const tiles = () => [...document.querySelectorAll("#job-groups .tile[data-asset]")].filter((tile) => tile.checkVisibility());
const focusedTile = () => document.activeElement.closest(".tile[data-asset]");
const focusedGroup = () => document.activeElement.closest("section[data-job]");

/** The item `by` places from `current`; the first where there is none, the ends hold. */
export function neighbour(items, current, by) {
  const at = items.indexOf(current);
  return at < 0 ? items[0] : items[Math.min(Math.max(at + by, 0), items.length - 1)];
}

function focusTile(tile) {
  tile?.querySelector("a").focus();
  tile?.scrollIntoView({ block: "nearest" });
}

const step = (by) => focusTile(neighbour(tiles(), focusedTile(), by));

/** To the first tile of the job below or above. */
function stepGroup(by) {
  const groups = [...new Set(tiles().map((tile) => tile.closest("section")))];
  focusTile(neighbour(groups, focusedGroup(), by)?.querySelector(".tile[data-asset]"));
}

function act(action) {
  const place = focusedTile() ?? focusedGroup();
  if (place) actOn(action, place);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => stepGroup(1),
  ArrowUp: () => stepGroup(-1),
  s: () => act("save"),
  x: () => act("dismiss"),
  Delete: () => act("delete"),
  d: () => focusedTile()?.querySelector("[data-download]").click(),
  r: () => focusedGroup()?.querySelector("[data-job-action='regeneration']")?.click(),
  "/": () => document.getElementById("filter-q").select(),
  p: () => document.getElementById("prompt").focus(),
  v: () => focusedTile()?.querySelector("[data-select]").click() ?? document.querySelector("[data-start-selecting]").click(),
  "?": () => help.showModal(),
};

/** Keys that scroll where no tile is in focus. */
const isForScrolling = (key) => key.startsWith("Arrow") && !focusedTile();

const isElsewhere = (target) =>
  takesText(target) || document.querySelector("dialog[open]") || target.closest?.("[popover], [role='menu'], form.bar");

export function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    if (!(key in KEYS) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isElsewhere(event.target) || isForScrolling(key)) return;
    event.preventDefault();
    KEYS[key]();
  });
  startHelp();
}

/** Which asset comes before or after another: as the page shows them, and beyond it. */

const PATIENCE = 10_000; // milliseconds for older jobs to come

export const idOf = (link) => new URL(link.href).searchParams.get("view");

/** The links of the page's tiles, in reading order. */
export const tileLinks = () => [...document.querySelectorAll("#job-groups [data-view]")];

/** Load the next stretch of older jobs; false where there is none. */
async function loadOlder() {
  const more = document.querySelector("#job-groups .more");
  if (!more) return false;
  more.click();
  const until = Date.now() + PATIENCE;
  while (more.isConnected && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  return !more.isConnected;
}

/**
 * The id of the asset `by` places from the asset `id`, or null. What the page does not show is
 * known from the server, which has named both neighbours in the `viewer` of that asset.
 */
export function neighbour(id, viewer, by) {
  const ids = tileLinks().map(idOf);
  const at = ids.indexOf(id);
  if (at >= 0) return ids[at + by] ?? null;
  const { viewer: shown, previous, next } = viewer?.dataset ?? {};
  return (shown === id && (by < 0 ? previous : next)) || null;
}

/** The same, loading older jobs where the page's last tile is shown. */
export async function neighbourFurther(id, viewer, by) {
  return neighbour(id, viewer, by) ?? (by > 0 && (await loadOlder()) ? neighbour(id, viewer, by) : null);
}

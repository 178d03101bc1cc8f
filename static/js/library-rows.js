/** Rows of tiles that fill their width, the last one too: from which height they wrap best. Pure. */

const LOWEST = 0.6; // of the height that rows should have
const HIGHEST = 1.1;
const STEP = 0.01;

/** The heights of the rows when tiles of these ratios wrap from `row` on and then fill `width`. */
export function rowHeights(ratios, width, gap, row) {
  const rows = [];
  let taken = Infinity;
  for (const ratio of ratios) {
    taken += gap + ratio * row;
    if (taken > width) {
      rows.push([]);
      taken = ratio * row;
    }
    rows.at(-1).push(ratio);
  }
  return rows.map((tiles) => (width - gap * (tiles.length - 1)) / tiles.reduce((sum, ratio) => sum + ratio, 0));
}

/** How far the height furthest from `row` is from it, as a logarithm. */
const unevenness = (heights, row) => Math.max(...heights.map((height) => Math.abs(Math.log(height / row))));

/** The height to wrap from that leaves all rows nearest to `row`. */
export function wrapHeight(ratios, width, gap, row) {
  let best = row;
  let least = Infinity;
  for (let share = HIGHEST; share >= LOWEST; share -= STEP) {
    const uneven = unevenness(rowHeights(ratios, width, gap, row * share), row);
    if (uneven < least) [best, least] = [row * share, uneven];
  }
  return best;
}

/** Rows of tiles that fill their width: how high they must be for the last to be full too. Pure. */

const STEP = 0.01; // of the row's height
const FARTHEST = 25; // steps
const FULL = 0.92; // of the width: the rest is shared out

/** How full the last row is, 0 to 1, when tiles of these ratios wrap at `width`. */
export function lastRow(ratios, width, gap, row) {
  let taken = 0;
  for (const ratio of ratios) {
    const own = ratio * row;
    taken = taken && taken + gap + own <= width ? taken + gap + own : own;
  }
  return Math.min(taken / width, 1);
}

/** The height nearest to `row` at which the last row is full, or else the fullest. */
export function fullRow(ratios, width, gap, row) {
  let best = row;
  let most = 0;
  for (let step = 0; step <= FARTHEST; step += 1) {
    for (const candidate of [row * (1 + step * STEP), row * (1 - step * STEP)]) {
      const fullness = lastRow(ratios, width, gap, candidate);
      if (fullness >= FULL) return candidate;
      if (fullness > most) [best, most] = [candidate, fullness];
    }
  }
  return best;
}

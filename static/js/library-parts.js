/**
 * What the whole library is made of, from the newest to the oldest, whether it is in the page or
 * not: stretches that are known by their ends, and gaps that are known by their number. A part is
 * `{count, height, element, first, last}`; a gap has no ends, and what is not in the page no
 * element. Heights of stretches that were seen are exact, those of gaps are estimated. Pure.
 */

/** Tiles of a full stretch, as library/shelf.py has it, and the most of one that has grown. */
export const PAGE_SIZE = 60;
export const MOST = 2 * PAGE_SIZE;
/** Pixels: browsers draw nothing that is higher; so gaps of the largest libraries are lower. */
const HIGHEST = 15_000_000;

export class Parts {
  constructor(items = []) {
    this.items = items;
    this.estimate = 0; // pixels for one asset, from those that were seen
  }

  /** Pixels for one asset that was never seen. */
  get perAsset() {
    return Math.min(this.estimate, HIGHEST / Math.max(this.total, 1));
  }

  get total() {
    return this.items.reduce((sum, { count }) => sum + count, 0);
  }

  /** Pixels that `part` takes. */
  height(part) {
    return part.height ?? part.count * this.perAsset;
  }

  /** Parts with where they begin: `{part, index, top, rank}`. */
  *placed() {
    let [top, rank] = [0, 0];
    for (const [index, part] of this.items.entries()) {
      yield { part, index, top, rank, bottom: top + this.height(part) };
      top += this.height(part);
      rank += part.count;
    }
  }

  /** The first that is not in the page and touches `from` to `to`, in pixels. */
  missing(from, to) {
    for (const place of this.placed()) {
      if (!place.part.element && place.bottom > from && place.top < to) return place;
    }
    return null;
  }

  /** The part that holds the asset at `rank`. */
  at(rank) {
    let last = null;
    for (const place of this.placed()) {
      last = place;
      if (rank < place.rank + place.part.count) return place;
    }
    return last;
  }

  /** Say how many there are in all; what is not known lies in the gap at the end. */
  setTotal(total) {
    const last = this.items.at(-1);
    if (last && !last.first) last.count = Math.max(last.count + total - this.total, 1);
  }

  /** What the part at `index` lies between now: with what came in before it, where that is known. */
  endsOf(index) {
    const [previous, part] = [this.items[index - 1], this.items[index]];
    return { ...(previous?.last ? { after: previous.last } : { at: part.first }), to: part.last };
  }

  /** Say that `rank` assets lie before the part at `index`: what is not known of that is a gap. */
  setRank(index, rank) {
    const before = this.items.slice(0, index);
    const more = rank - before.reduce((sum, { count }) => sum + count, 0);
    const changing = before.find((part) => !part.first) ?? (more < 0 && before.find(({ count }) => count + more > 0));
    if (changing) changing.count = Math.max(changing.count + more, 1);
    else if (more > 0) this.items.unshift({ count: more });
  }

  /** Put `stretch`, which begins the gap at `index`, before what is left of it. */
  fillStart(index, stretch, exhausted) {
    this.replace(index, [stretch, ...this.rest(index, stretch.count, exhausted)]);
  }

  /** Put `stretch`, which ends the gap at `index`, after what is left of it. */
  fillEnd(index, stretch, exhausted) {
    this.replace(index, [...this.rest(index, stretch.count, exhausted), stretch]);
  }

  /** Put `stretch` into the gap at `index`, `before` assets after its start. */
  fillMiddle(index, stretch, before) {
    const after = this.items[index].count - before - stretch.count;
    const gaps = [before, after].map((count) => (count > 0 ? [{ count }] : []));
    this.replace(index, [...gaps[0], stretch, ...gaps[1]]);
  }

  rest(index, taken, exhausted) {
    return exhausted ? [] : [{ count: Math.max(this.items[index].count - taken, 1) }];
  }

  replace(index, parts) {
    this.items.splice(index, 1, ...parts);
  }

  /** Forget the heights of what is not in the page, as when its width has changed. */
  forgetHeights() {
    this.items.filter(({ element }) => !element).forEach((part) => delete part.height);
  }
}

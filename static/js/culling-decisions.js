/**
 * Decisions of a culling, by asset: `{verdict: "keep" | "reject", rating: 1 to 5, favourite}`.
 * They stay in this browser until they are committed, and outlive a reload.
 */

/** What is kept of an asset that was rejected: it gets no rating. */
export function decided(before, change) {
  const after = { ...before, ...change };
  if (change.rating) after.verdict = "keep";
  if (after.verdict === "reject") delete after.rating;
  return after;
}

/** How many of each, for a sentence. */
export function counted(decisions) {
  const all = Object.values(decisions);
  return {
    all: all.length,
    rejected: all.filter(({ verdict }) => verdict === "reject").length,
    rated: all.filter(({ rating }) => rating).length,
    marked: all.filter(({ favourite }) => favourite !== undefined).length,
    kept: all.filter(({ verdict, rating }) => verdict === "keep" && !rating).length,
  };
}

/** The decisions about one source of one user, and where they stopped. */
export class Decisions {
  constructor(user, source, storage = localStorage) {
    this.name = `ourvidz:cull:${user}:${source}`;
    this.storage = storage;
    const { at = null, decisions = {} } = this.read();
    this.at = at;
    this.all = decisions;
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  of(id) {
    return this.all[id] ?? {};
  }

  /** Whether it could be kept beyond this page. */
  set(id, change) {
    this.all[id] = decided(this.of(id), change);
    return this.keep();
  }

  /** Go on here next time. */
  stopAt(id) {
    this.at = id;
    return this.keep();
  }

  remove(ids) {
    for (const id of ids) delete this.all[id];
    return this.keep();
  }

  /** Forget what was committed as `sent`; what was decided since then stays. */
  settle(sent) {
    this.remove(Object.keys(sent).filter((id) => this.all[id] === sent[id]));
    if (!Object.keys(this.all).length) this.clear();
  }

  clear() {
    this.all = {};
    this.at = null;
    try {
      this.storage.removeItem(this.name);
    } catch {
      // There was nowhere to keep them.
    }
  }

  keep() {
    try {
      this.storage.setItem(this.name, JSON.stringify({ at: this.at, decisions: this.all }));
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Submissions that could not be sent, kept in IndexedDB until the server can be reached. Each
 * keeps its Idempotency-Key, so that however often it is sent, it is one job.
 */

const NAME = "ourvidz";
const STORE = "outbox";

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
  const database = await asked(opening);
  return database.transaction(STORE, mode).objectStore(STORE);
}

/** Keep a submission `{key, url, body, user, at}`. */
export const keep = async (submission) => asked((await store("readwrite")).put(submission));

/** What is kept, the oldest first. */
export async function kept() {
  const all = await asked((await store("readonly")).getAll());
  return all.sort((one, other) => one.at - other.at);
}

export const drop = async (key) => asked((await store("readwrite")).delete(key));

export const empty = async () => asked((await store("readwrite")).clear());

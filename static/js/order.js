/** The order of job groups on the page, as workspace/ordering.py has it in the database. */

const promptOf = (group) => group.querySelector("h2").title.toLowerCase();
const KEYS = {
  prompt: promptOf,
  quality: (group) => (group.dataset.quality === "high" ? 0 : 1),
  model: (group) => group.dataset.model,
};

/** Whether group `first` stands before group `second` in the order named `sort`. */
export function standsBefore(first, second, sort) {
  const key = KEYS[sort];
  if (key && key(first) !== key(second)) return key(first) < key(second);
  const newer = Number(first.dataset.created) > Number(second.dataset.created);
  return sort === "oldest" ? !newer : newer;
}

/** The sort of the page's URL; "" is newest first. */
export const sortOfPage = () => new URL(location.href).searchParams.get("sort") ?? "";

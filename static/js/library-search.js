/** What the library's page is narrowed to, as it stands in the URL. */

const NAMES = ["q", "show"];

/** The search as URLSearchParams, without what is empty and without the rest of the URL. */
export function searchOf(search = location.search) {
  const given = new URLSearchParams(search);
  return new URLSearchParams(NAMES.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
}

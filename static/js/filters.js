/**
 * Search, filter and sort: the form's state is the URL's, so Back goes back through it. The
 * server sends the groups that match; the socket is told of the filter by its next sync.
 */

import { replaceGroups } from "./groups.js";
import { toast } from "./toasts.js";

const TYPING_WAIT = 300;
const NOT_FILTER = ["view", "compare", "job", "before", "select", "recall", "reference"];

const form = document.getElementById("filters");
const wordsField = document.getElementById("filter-q");
let timer;
let request;
let asked = filterOf(location.search); // what is shown, or on its way; null where that failed
let typing = false;

/** The part of a query string that filters: sorted, without what is empty. */
export function filterOf(search) {
  const given = [...new URLSearchParams(search)].filter(([name, value]) => value.trim() && !NOT_FILTER.includes(name));
  return new URLSearchParams(given.sort(([a], [b]) => a.localeCompare(b))).toString();
}

/** Make the fields say what `query` says. */
function fill(query) {
  const given = new URLSearchParams(query);
  for (const field of form.elements) {
    if (field.name) field.value = given.get(field.name) ?? "";
  }
}

async function load(query) {
  request?.abort();
  request = new AbortController();
  const url = query ? `?${query}` : location.pathname;
  const reply = await fetch(url, { headers: { "HX-Request": "true" }, signal: request.signal });
  if (!reply.ok || reply.redirected) throw new Error(`status ${reply.status}`);
  const template = document.createElement("template");
  template.innerHTML = await reply.text();
  replaceGroups(template.content);
}

async function show(query) {
  if (query === asked) return;
  asked = query;
  try {
    await load(query);
  } catch (error) {
    if (error.name === "AbortError") return;
    asked = null;
    toast("The list could not be filtered. Try again.", { error: true });
  }
}

/** Go to `query` as a place of its own, or in place of the last one. */
function go(query, { replace = false } = {}) {
  const isNew = query !== filterOf(location.search);
  if (isNew) history[replace ? "replaceState" : "pushState"]({}, "", query ? `?${query}` : location.pathname);
  show(query);
}

function submit() {
  clearTimeout(timer);
  go(filterOf(new URLSearchParams(new FormData(form)).toString()), { replace: typing });
}

function type() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    submit();
    typing = true;
  }, TYPING_WAIT);
}

function follow(event) {
  const link = event.target.closest("[data-filter-link]");
  if (!link) return;
  event.preventDefault();
  typing = false;
  const query = filterOf(link.search);
  fill(query);
  go(query);
  wordsField.focus({ preventScroll: true });
}

export function startFilters() {
  form.addEventListener("input", (event) => (event.target === wordsField ? type() : undefined));
  form.addEventListener("change", (event) => {
    if (event.target === wordsField) return;
    typing = false;
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  wordsField.addEventListener("blur", () => {
    typing = false;
  });
  document.addEventListener("click", follow);
  window.addEventListener("popstate", () => {
    const query = filterOf(location.search);
    clearTimeout(timer);
    typing = false; // what is typed now is a place of its own
    fill(query);
    show(query);
  });
}

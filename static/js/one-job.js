/**
 * One job alone on the page: `?job=<id>` is its URL, so Back and a reload find it again. The
 * others are there all the while, only not drawn.
 */

import { takeInAlone } from "./groups.js";
import { toast } from "./toasts.js";

const box = document.getElementById("job-groups");
const showAllButton = document.getElementById("show-all");
let fetching = null; // the id of the job that is on its way

/** The id in the URL; null where all are shown. */
export const jobAlone = () => new URL(location.href).searchParams.get("job");

const sectionOf = (id) => document.getElementById(`job-${id}`);

function draw() {
  const id = jobAlone();
  box.classList.toggle("is-one-job", Boolean(id));
  box.querySelectorAll(".is-alone").forEach((section) => section.classList.remove("is-alone"));
  sectionOf(id)?.classList.add("is-alone");
  showAllButton.hidden = !id;
  document.querySelectorAll(".rail__link").forEach((link) => {
    if (id && link.hash === `#job-${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

/** The group of job `id` as text; "" where it has gone, null where the server did not say. */
async function groupOf(id) {
  const reply = await fetch(`${box.dataset.jobsUrl}${encodeURIComponent(id)}/`).catch(() => null);
  if (reply?.status === 404) return "";
  return reply?.ok && !reply.redirected ? reply.text() : null;
}

/** A job of an older page, which is not loaded. */
async function fetchJob(id) {
  fetching = id;
  const html = await groupOf(id);
  if (jobAlone() !== id || fetching !== id) return; // somebody went on
  fetching = null;
  if (sectionOf(id) || takeInAlone(html ?? "", id)) draw();
  else {
    toast(html === null ? "That job could not be fetched. Try again." : "That job is no longer in the workspace.", { error: true });
    go(null, { replace: true });
  }
}

function follow() {
  const id = jobAlone();
  if (!id) box.querySelectorAll("[data-lone]").forEach((section) => section.remove());
  draw();
  if (id && !sectionOf(id)) fetchJob(id);
}

function go(id, { replace = false } = {}) {
  const url = new URL(location.href);
  if (id) url.searchParams.set("job", id);
  else url.searchParams.delete("job");
  history[replace ? "replaceState" : "pushState"]({}, "", url);
  follow();
}

/** Show only job `id`, and focus it. */
export function showAlone(id) {
  go(id);
  window.scrollTo({ top: 0, behavior: "instant" });
  sectionOf(id)?.focus({ preventScroll: true });
}

/** Show all jobs, with the one that was alone still in view. */
export function showAll() {
  const section = sectionOf(jobAlone());
  if (!jobAlone()) return;
  go(null);
  if (section?.isConnected) {
    section.scrollIntoView({ block: "start", behavior: "instant" });
    section.focus({ preventScroll: true });
  }
}

export function startOneJob() {
  follow();
  showAllButton.addEventListener("click", showAll);
  window.addEventListener("popstate", follow);
  document.addEventListener("groups-changed", () => {
    const id = jobAlone();
    if (id && id !== fetching && !sectionOf(id) && box.classList.contains("is-one-job")) go(null, { replace: true });
    else draw();
  });
  document.getElementById("prompt-bar").addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "prompt-bar") showAll(); // what is asked for is to be seen
  });
}

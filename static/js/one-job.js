/**
 * One job alone on the page: `?job=<id>` is its URL, so Back and a reload find it again. The
 * others are there all the while, only not drawn.
 */

import { takeInAlone } from "./groups.js";
import { toast } from "./toasts.js";

const box = document.getElementById("job-groups");
const showAllButton = document.getElementById("show-all");

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

/** A job of an older page, which is not loaded. */
async function fetchJob(id) {
  const reply = await fetch(`${box.dataset.jobsUrl}${encodeURIComponent(id)}/`);
  if (reply.ok && takeInAlone(await reply.text(), id)) draw();
  else {
    toast("That job is no longer in the workspace.", { error: true });
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
    if (id && !sectionOf(id) && box.classList.contains("is-one-job")) go(null, { replace: true });
    else draw();
  });
  document.getElementById("prompt-bar").addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "prompt-bar") showAll(); // what is asked for is to be seen
  });
}

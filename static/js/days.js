/** Headings of days above the job groups, in the reader's time zone; also as days go by. */

import { shownGroups } from "./groups.js";
import { sortOfPage } from "./order.js";

const EVERY = 60_000;
const DAY = 86_400_000;
const timeZone = document.body.dataset.timeZone || "UTC";

/** "2026-11-21", of now in the reader's zone. */
const today = () => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());

/** Today, Yesterday, Thursday 19 November; with the year where it is another. Both as YYYY-MM-DD. */
export function dayName(day, now) {
  const [date, current] = [new Date(day), new Date(now)];
  if (day === now) return "Today";
  if (current - date === DAY) return "Yesterday";
  const sameYear = day.slice(0, 4) === now.slice(0, 4);
  const parts = sameYear ? { weekday: "long", day: "numeric", month: "long" } : { day: "numeric", month: "long", year: "numeric" };
  return new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: "UTC" }).format(date).replace(",", "");
}

function makeHeading(day) {
  const heading = document.createElement("h2");
  heading.className = "day";
  heading.dataset.dayHeading = day;
  return heading;
}

function setName(heading, now) {
  const name = dayName(heading.dataset.dayHeading, now);
  if (heading.textContent !== name) heading.textContent = name;
}

/** Put one heading before the first group of each day, and no other anywhere. */
function layDays() {
  const spare = new Map([...document.querySelectorAll("[data-day-heading]")].map((heading) => [heading, heading.dataset.dayHeading]));
  const now = today();
  let previous = null;
  for (const group of ["", "oldest"].includes(sortOfPage()) ? shownGroups() : []) {
    const { day } = group.dataset;
    if (day !== previous) {
      const before = group.previousElementSibling;
      const heading = spare.get(before) === day ? before : ([...spare].find(([, name]) => name === day)?.[0] ?? makeHeading(day));
      if (heading !== before) group.before(heading);
      setName(heading, now);
      spare.delete(heading);
      previous = day;
    }
  }
  [...spare.keys()].forEach((heading) => heading.remove());
}

export function startDays() {
  layDays();
  setInterval(layDays, EVERY);
  document.addEventListener("groups-changed", layDays);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.closest?.("#job-groups")) layDays();
  });
}

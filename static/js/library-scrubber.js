/**
 * The library's dates: a slider at the right edge whose places are exact, and a list of months
 * that opens to days. Both come from the server's counts; a day is fetched when its month is used.
 */

import { inView, jump } from "./library-place.js";
import { searchOf } from "./library-search.js";
import { setTotal } from "./library-shelf.js";

const PAUSE = 150; // milliseconds that a drag rests before the page follows

let slider = null;
let months = []; // {month, number, name, before: assets before it, days: a promise once asked for}
let total = 0;
let rank = 0; // of what the slider shows
let pausing = 0;
let steps = Promise.resolve(); // by keys, one after the other
let stale = false; // the counts have changed while somebody chose a date

const MONTH = 7; // characters of a date that has no day
const nameOf = (day) => new Intl.DateTimeFormat("en-GB", { day: day.length > MONTH ? "numeric" : undefined, month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(day));
const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** The period of `list` that holds the asset at `at`; each has what lies `before` it. */
export function periodAt(list, at) {
  return list.findLast(({ before }) => before <= at) ?? list[0];
}

/** `periods` with how many assets lie before each, from `start` on. */
export function numbered(periods, start = 0) {
  let before = start;
  return periods.map((period) => {
    const placed = { ...period, before };
    before += period.number;
    return placed;
  });
}

async function fetchDays(month) {
  const reply = await fetch(`${slider.dataset.days}${month.month}/?${searchOf()}`);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return numbered((await reply.json()).days, month.before);
}

/** The days of `month`, asked for once. */
function daysOf(month) {
  month.days ??= fetchDays(month).catch(() => {
    month.days = undefined;
    return [];
  });
  return month.days;
}

function draw(at, name) {
  rank = within(at, 0, Math.max(total - 1, 0));
  slider.querySelector(".scrubber__thumb").style.top = `${(rank / Math.max(total - 1, 1)) * 100}%`;
  slider.querySelector(".scrubber__name").textContent = name;
  slider.setAttribute("aria-valuenow", rank);
  slider.setAttribute("aria-valuetext", name);
}

/** Go to the asset at `at`, counted from the start of its month. */
function goTo(at) {
  const month = periodAt(months, at);
  return jump({ from: lastDay(month.month), skip: at - month.before });
}

/** The last day of "2026-11". */
export function lastDay(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

async function follow(at) {
  draw(at, periodAt(months, at).name);
  const days = await daysOf(periodAt(months, at));
  if (rank === at && days.length) draw(at, nameOf(periodAt(days, at).day));
}

function drag(event) {
  const box = slider.getBoundingClientRect();
  const at = Math.round(within((event.clientY - box.top) / box.height, 0, 1) * (total - 1));
  draw(at, periodAt(months, at).name);
  clearTimeout(pausing);
  pausing = setTimeout(() => {
    follow(at);
    goTo(at);
  }, event.type === "pointerup" ? 0 : PAUSE);
}

function startDrag(event) {
  if (event.button) return;
  event.preventDefault();
  slider.focus();
  slider.setPointerCapture(event.pointerId);
  slider.classList.add("is-dragged");
  drag(event);
}

function endDrag(event) {
  if (!slider.classList.contains("is-dragged")) return;
  slider.classList.remove("is-dragged");
  if (event.type === "pointerup") drag(event);
}

/** The place `by` days from here, into the next month where this one has no more. */
async function dayBeside(by) {
  const month = periodAt(months, rank);
  const days = await daysOf(month);
  const beside = days[days.indexOf(periodAt(days, rank)) + by];
  if (beside) return beside.before;
  const other = months[months.indexOf(month) + by];
  if (!other) return by < 0 ? 0 : total - 1;
  const others = await daysOf(other);
  return (by < 0 ? others.at(-1) : others[0])?.before ?? other.before;
}

const monthBeside = (by) => months[within(months.indexOf(periodAt(months, rank)) + by, 0, months.length - 1)].before;
const KEYS = {
  ArrowDown: () => dayBeside(1),
  ArrowRight: () => dayBeside(1),
  ArrowUp: () => dayBeside(-1),
  ArrowLeft: () => dayBeside(-1),
  PageDown: () => monthBeside(1),
  PageUp: () => monthBeside(-1),
  Home: () => 0,
  End: () => total - 1,
};

async function step(place) {
  const at = await place();
  follow(at);
  clearTimeout(pausing);
  pausing = setTimeout(() => goTo(at), PAUSE);
}

/** Each press goes on from where the one before it led, also while that is being looked up. */
function onKey(event) {
  const place = KEYS[event.key];
  if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = () => step(place);
  steps = steps.then(next, next);
}

/** Years beside the track, and a dot for each month. */
function drawTrack() {
  const track = slider.querySelector(".scrubber__track");
  const marks = months.map(({ month, before }, index) => {
    const mark = document.createElement("span");
    const begins = month.slice(0, 4) !== months[index - 1]?.month.slice(0, 4);
    if (begins) mark.textContent = month.slice(0, 4);
    else mark.className = "scrubber__month";
    mark.style.top = `${(before / total) * 100}%`;
    return mark;
  });
  track.replaceChildren(...marks);
}

function dayLink({ day, number }, model) {
  const link = model.cloneNode();
  link.dataset.jump = day;
  link.href = link.href.replace(/from=[\d-]+/, `from=${day}`);
  link.append(nameOf(day));
  const count = document.createElement("span");
  count.textContent = number.toLocaleString("en-GB");
  link.append(count);
  return link;
}

async function openMonth(details) {
  const model = details.querySelector("[data-jump]");
  if (!details.open || model.nextElementSibling) return;
  const month = months.find(({ month: name }) => name === details.dataset.month);
  const days = await daysOf(month);
  if (!model.nextElementSibling) model.after(...days.map((day) => dayLink(day, model)));
}

function onDate(event) {
  const link = event.target.closest("#dates [data-jump]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.getElementById("dates").hidePopover();
  jump({ from: link.dataset.jump });
}

/** What the server has counted is in the page. */
function begin(place) {
  slider = place.querySelector(".scrubber");
  if (!slider) {
    document.dispatchEvent(new CustomEvent("library-counted", { detail: 0 }));
    return;
  }
  total = Number(slider.dataset.total);
  months = numbered([...place.querySelectorAll("[data-month]")].map(({ dataset }) => ({ month: dataset.month, number: Number(dataset.number), name: dataset.name })));
  setTotal(total);
  document.dispatchEvent(new CustomEvent("library-counted", { detail: total }));
  drawTrack();
  showPlace(inView());
  slider.addEventListener("pointerdown", startDrag);
  slider.addEventListener("pointermove", (event) => slider.classList.contains("is-dragged") && drag(event));
  slider.addEventListener("pointerup", endDrag);
  slider.addEventListener("pointercancel", endDrag);
  slider.addEventListener("keydown", onKey);
  slider.addEventListener("blur", renewIfStale);
  place.querySelector("#dates").addEventListener("toggle", renewIfStale);
  place.querySelectorAll(".dates__month").forEach((details) => details.addEventListener("toggle", () => openMonth(details)));
}

const isUsed = () => Boolean(slider?.isConnected) && (slider.matches(".is-dragged, :focus") || document.getElementById("dates").matches(":popover-open"));

/** The counts as they are now; while somebody chooses a date they stay, and are renewed then. */
export async function refreshDates() {
  stale = isUsed();
  if (stale) return;
  const place = document.getElementById("scrubber");
  await window.htmx.ajax("GET", `${place.dataset.url}?${searchOf()}`, { target: place, swap: "innerHTML", source: place });
}

const renewIfStale = () => stale && refreshDates();

/** Who has begun to choose a date since the counts were asked for keeps those that are there. */
function keepUsed(event) {
  if (event.detail.target.id !== "scrubber" || !isUsed()) return;
  event.detail.shouldSwap = false;
  stale = true;
}

function showPlace(seen) {
  if (slider?.isConnected && seen && !slider.classList.contains("is-dragged")) draw(seen.rank, seen.day && nameOf(seen.day));
}

export function startScrubber() {
  if (!document.getElementById("scrubber")) return;
  document.addEventListener("htmx:beforeSwap", keepUsed);
  document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "scrubber" && begin(detail.target));
  document.addEventListener("library-moved", ({ detail }) => showPlace(detail));
  document.addEventListener("click", onDate);
}

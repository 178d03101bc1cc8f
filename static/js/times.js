/** `<time data-ago datetime>` in words, renewed each half minute. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });

/** "5 min. ago"; under a minute "just now". */
export function ago(date, now = Date.now()) {
  const seconds = (date.getTime() - now) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? words.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

/** Seconds in short words: "under a second", "12 s", "3 min". */
export function inWords(seconds) {
  if (seconds < 1) return "under a second";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function renewTimes(root = document) {
  root.querySelectorAll("time[data-ago]").forEach((time) => {
    time.textContent = ago(new Date(time.dateTime));
  });
}

export function startTimes() {
  renewTimes();
  setInterval(renewTimes, 30_000);
  document.addEventListener("htmx:load", (event) => renewTimes(event.detail.elt));
}

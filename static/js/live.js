/**
 * The page's websocket. The server pushes groups and progress; at every (re)connect, and now
 * and then in between, the page says what it shows and gets what it missed.
 */

import { remove, shownGroups, shownVersions, takeInText } from "./groups.js";
import { showProgress } from "./progress.js";
import { Socket } from "./socket.js";

const CHECK_EVERY = 5_000;
const CHECK_IDLE_EVERY = 30_000;

const box = document.getElementById("job-groups");
const sign = document.getElementById("connection");
let socket;
let lastSync = 0;

const isOpen = () => Boolean(socket?.isOpen);
const isUnfinished = (group) => ["queued", "running"].includes(group.dataset.status);

const handlers = {
  job: ({ html }) => takeInText(html),
  removed: ({ id }) => remove(id),
  progress: showProgress,
  resync: sync,
  synced: () => {
    say("live", "Live");
    document.dispatchEvent(new CustomEvent("connected"));
  },
};

function say(state, text) {
  sign.dataset.state = state;
  sign.firstElementChild.textContent = text;
}

function sync() {
  if (!isOpen()) return;
  lastSync = Date.now();
  const oldest = box.querySelector(".more") ? shownGroups().at(-1)?.dataset.job : null;
  socket.send({ type: "sync", shown: shownVersions(), oldest, filter: location.search });
}

function connect() {
  socket = new Socket(box.dataset.socket, {
    opened: sync,
    heard: (message) => handlers[message.type]?.(message),
    lost: () => say("connecting", "Reconnecting"),
  });
}

/** Groups that change without the socket: asked for one by one while it is away. */
function poll() {
  shownGroups().filter(isUnfinished).slice(0, 5).forEach((group) => {
    htmx.ajax("GET", `${box.dataset.jobsUrl}${group.dataset.job}/`, { swap: "none", source: group });
  });
}

function check() {
  const wait = shownGroups().some(isUnfinished) ? CHECK_EVERY : CHECK_IDLE_EVERY;
  if (Date.now() - lastSync < wait) return;
  if (isOpen()) sync();
  else if (socket.tries > 2) poll();
}

export function startLive() {
  connect();
  setInterval(check, 1_000);
  document.addEventListener("listing-replaced", sync);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) sync();
  });
}

/**
 * The page's websocket. The server pushes groups and progress; at every (re)connect, and now
 * and then in between, the page says what it shows and gets what it missed.
 */

import { remove, shownGroups, shownVersions, takeInText } from "./groups.js";
import { showProgress } from "./progress.js";

const LONGEST_WAIT = 5_000;
const CHECK_EVERY = 5_000;
const CHECK_IDLE_EVERY = 30_000;

const box = document.getElementById("job-groups");
const sign = document.getElementById("connection");
let socket;
let tries = 0;
let lastSync = 0;

const isOpen = () => socket?.readyState === WebSocket.OPEN;
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
  socket.send(JSON.stringify({ type: "sync", shown: shownVersions(), oldest, filter: location.search }));
}

function connect() {
  const address = new URL(box.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    tries = 0;
    sync();
  });
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    handlers[message.type]?.(message);
  });
  socket.addEventListener("close", (event) => {
    if (event.code === 4401) {
      location.reload(); // signed out: the sign-in page says so
      return;
    }
    say("connecting", "Reconnecting");
    setTimeout(connect, Math.min(LONGEST_WAIT, 250 * 2 ** tries) * (0.5 + Math.random() / 2));
    tries += 1;
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
  else if (tries > 2) poll();
}

export function startLive() {
  connect();
  setInterval(check, 1_000);
  document.addEventListener("listing-replaced", sync);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) sync();
  });
}

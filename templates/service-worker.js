/**
 * Keeps the offline page, and the thumbnails that were seen last. Nothing else is answered from
 * here: pages and data always come from the server.
 */

const OFFLINE = "{{ offline|escapejs }}";
const SHELL = [{% for url in shell %}"{{ url|escapejs }}", {% endfor %}];
const SHELL_CACHE = `shell ${SHELL.join(" ")}`;
const SEEN_CACHE = "seen"; // cleared by static/js/installing.js when the user changes
const MOST_SEEN = 200;

const isThumbnail = ({ origin, pathname }) => origin === location.origin && pathname.startsWith("/media/") && pathname.endsWith(".thumb.webp");

/** A thumbnail whatever its signature: that changes, and is for the server alone. */
const nameOf = (url) => url.origin + url.pathname;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name !== SHELL_CACHE && name !== SEEN_CACHE;
  const removed = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(removed.then(() => self.clients.claim()));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return caches.match(OFFLINE);
  }
}

async function keep(url, reply) {
  const cache = await caches.open(SEEN_CACHE);
  await cache.delete(nameOf(url)); // so that the order of keys is the order of being seen
  await cache.put(nameOf(url), reply);
  const names = await cache.keys();
  await Promise.all(names.slice(0, -MOST_SEEN).map((name) => cache.delete(name)));
}

async function thumbnail(event, url) {
  try {
    const reply = await fetch(event.request);
    if (reply.status === 200 && reply.type === "basic") event.waitUntil(keep(url, reply.clone()));
    return reply;
  } catch {
    return (await caches.match(nameOf(url), { cacheName: SEEN_CACHE })) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (isThumbnail(url)) event.respondWith(thumbnail(event, url));
  else if (SHELL.includes(url.pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

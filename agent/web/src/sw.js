// sw.js - keeps the frame, so that a page that is opened while the agent is stopped can say so, and has what was typed.
// Only the frame: what the agent knows is asked of the agent.
const KEPT = 'frame';
const FRAME = ['/', '/app.js', '/app.css', '/icon.svg'];
const WAIT_MS = 4000;      // for an agent that is busy

self.addEventListener('install', event => {
  event.waitUntil(caches.open(KEPT).then(kept => kept.addAll(FRAME)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

async function fresh(request, name) {
  const reply = await fetch(request);
  if (reply.ok) (await caches.open(KEPT)).put(name, reply.clone());
  return reply;
}

function late() {
  return new Promise((resolve, reject) => setTimeout(reject, WAIT_MS));
}

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || FRAME.indexOf(url.pathname) < 0) return;
  const now = fresh(event.request, url.pathname);
  event.respondWith(Promise.race([now, late()]).catch(() => caches.match(url.pathname).then(kept => kept || now)));
});

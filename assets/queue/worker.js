// Keeps the page itself on the phone, so that it opens without a network. Nothing of any user is in it: what the page
// shows it keeps itself, see kept.js. KEEP = {name, shell, files} comes before this text, see dashboard/queue/page.py;
// it differs with every release, and so does this worker.
"use strict";
const OURS = "onescreen-queue-";

// All or nothing: a page and its scripts belong together.
async function fill() {
  const addresses = [KEEP.shell, ...KEEP.files];
  const answers = await Promise.all(addresses.map((address) => fetch(address, { cache: "no-cache", credentials: "same-origin" })));
  if (answers.some((answer) => !answer.ok || answer.redirected)) throw new Error("not whole"); // signed out: another time
  const cache = await caches.open(OURS + KEEP.name);
  await Promise.all(answers.map((answer, i) => cache.put(addresses[i], answer)));
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== OURS + KEEP.name).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(address, request) {
  const cache = await caches.open(OURS + KEEP.name);
  return (await cache.match(address, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url), address = url.pathname + url.search;
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === KEEP.shell) event.respondWith(kept(KEEP.shell, request));
  else if (KEEP.files.includes(address)) event.respondWith(kept(address, request));
});

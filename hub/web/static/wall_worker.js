"use strict";
/* Keeps the wall's page and files, so that a screen that is switched on while the hub is away still shows its last. */
const KEPT = "papan-1", FILES = ["/papan", "/papan/papan.js", "/papan/papan.css"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin || !FILES.includes(address.pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(KEPT);
    try {
      const answer = await fetch(event.request);
      if (answer.ok) { await cache.put(address.pathname, answer.clone()); return answer; }
      return (await cache.match(event.request, { ignoreSearch: true })) || answer;
    } catch (error) {
      const before = await cache.match(event.request, { ignoreSearch: true });
      if (before) return before;
      throw error;
    }
  })());
});

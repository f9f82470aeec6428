// Keeps the offline verifier and the pinned keys, and answers a scanned code when the network does not.
// It never stores a verdict page: with a network the registry answers, without one the verifier page does.
"use strict";

const CACHE = "inspection-code-v1";
const PAGE = "/offline";
const KEYS = "/.well-known/inspection-code-keys.json";
const REVOCATIONS = "/.well-known/inspection-code-revocations.json";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE)
      .then((cache) => cache.addAll([PAGE, "/offline.js", "/offline.webmanifest", KEYS, REVOCATIONS]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A newer list replaces the one held; an older one (a smaller counter) is a replay and is thrown away.
async function refreshed(address) {
  const cache = await caches.open(CACHE);
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) return;
  const held = await cache.match(address);
  const [now, before] = [await answer.clone().json(), held ? await held.json() : {}];
  if ((now.counter ?? 0) >= (before.counter ?? 0)) await cache.put(address, answer);
}

async function fromNetworkOrVerifier(request) {
  try {
    const answer = await Promise.race([
      fetch(request),
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE_MS)),
    ]);
    refreshed(KEYS).catch(() => undefined);
    refreshed(REVOCATIONS).catch(() => undefined);
    return answer;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  const held = [PAGE, "/offline.js", "/offline.webmanifest"];
  if (event.request.mode === "navigate" && (/^\/c\//i.test(path) || path === PAGE)) {
    event.respondWith(fromNetworkOrVerifier(event.request));
  } else if (held.includes(path)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(path)));
  }
});

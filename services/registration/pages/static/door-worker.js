// Keeps the door's page and what it is made of, so that it opens when the network is away.
// The server puts ASSETS before this, and its change is what brings a new worker.
const KEPT_ASSETS = "emarge-door-assets";
const KEPT_PAGES = "emarge-door-pages"; // the pages put themselves there: door/keep.js
const PATIENCE = 4000; // ms: a network that hangs is no network

async function keepAssets() {
  const cache = await caches.open(KEPT_ASSETS);
  const known = (await cache.keys()).map((request) => new URL(request.url));
  const missing = ASSETS.filter((url) => !known.some(({ pathname, search }) => pathname + search === url));
  await cache.addAll(missing);
}

async function dropOldAssets() {
  const cache = await caches.open(KEPT_ASSETS);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!ASSETS.includes(pathname + search)) await cache.delete(request);
  }
}

async function fromNetworkOrKept(request) {
  const kept = () => caches.match(request, { cacheName: KEPT_PAGES, ignoreSearch: true, ignoreVary: true });
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    return answer.status < 500 ? answer : ((await kept()) ?? answer);
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keepAssets());
});
addEventListener("activate", (event) => event.waitUntil(dropOldAssets().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fromNetworkOrKept(request));
  else if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request, { cacheName: KEPT_ASSETS, ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});

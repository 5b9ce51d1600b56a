// Keeps one's own page, with its code, on the phone: at the door there may be no network.
// The server puts ASSETS before this, and its change is what brings a new worker. The page puts itself
// into the cache (own-page.js); what the server says of it afterwards, or what is done on it, ends that.
const KEPT_ASSETS = "emarge-own-assets";
const KEPT_PAGES = "emarge-own-pages";
const PATIENCE = 4000; // ms: a network that hangs is no network

async function keepAssets() {
  const cache = await caches.open(KEPT_ASSETS);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!ASSETS.includes(pathname + search)) await cache.delete(request);
  }
  await cache.addAll(ASSETS);
}

async function forget(path) {
  await (await caches.open(KEPT_PAGES)).delete(path);
}

/** Deletes every copy whose day is over, whoever's page it is of. */
async function forgetPast() {
  const pages = await caches.open(KEPT_PAGES);
  for (const request of await pages.keys()) {
    const page = await pages.match(request, { ignoreVary: true });
    if (page && Date.parse(page.headers.get("X-Kept-Until")) < Date.now()) await pages.delete(request);
  }
}

async function kept(path) {
  await forgetPast();
  return caches.match(path, { cacheName: KEPT_PAGES, ignoreVary: true });
}

async function ownPage(request, path) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 404 || answer.status === 410) await forget(path);
    return answer.status < 500 ? answer : ((await kept(path)) ?? answer);
  } catch (error) {
    const page = await kept(path);
    if (page) return page;
    throw error;
  }
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keepAssets());
});
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), forgetPast()])));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const [, area, token, deeper] = url.pathname.split("/");
  const path = `/r/${token}`;
  if (request.mode === "navigate" && area === "r") event.waitUntil(forgetPast());
  // Cancelled, erased, renewed, corrected: the next visit keeps what the page then is.
  if (request.method !== "GET") {
    if (area === "r") event.waitUntil(forget(path));
  } else if (request.mode === "navigate" && area === "r" && !deeper) event.respondWith(ownPage(request, path));
  else if (ASSETS.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(request, { cacheName: KEPT_ASSETS, ignoreVary: true }).then((asset) => asset ?? fetch(request)));
  }
});

// Keeps a page and what it is made of, so that it opens when the network is away. The server puts
// ASSETS, CACHE and PAGE before this (shared.pages.offline), and a changed asset brings a new worker.
const KEPT_ASSETS = `${CACHE}-assets`;
const KEPT_PAGES = `${CACHE}-pages`; // the pages put themselves there
const PATIENCE = 4000; // ms: a network that hangs is no network
const KEPT_PAGE = new RegExp(PAGE, "u");

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
  const [path] = KEPT_PAGE.exec(new URL(request.url).pathname) ?? [];
  const kept = () => path && caches.match(path, { cacheName: KEPT_PAGES, ignoreVary: true });
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
  else if (ASSETS.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(request, { cacheName: KEPT_ASSETS, ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});

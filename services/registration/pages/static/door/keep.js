// The page keeps a copy of itself, for when the network is away: as it is before any scan, so that
// it names nobody.
const PAGES = "emarge-door-pages";

export async function keepPage(path) {
  await navigator.serviceWorker.register("/checkin/worker.js");
  const answer = await fetch(path, { cache: "no-store" });
  const text = await answer.clone().text();
  if (answer.ok && text.includes("data-holder")) await (await caches.open(PAGES)).put(path, answer);
}

export async function dropPage(path) {
  await (await globalThis.caches?.open(PAGES))?.delete(path);
}

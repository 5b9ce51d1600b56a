// The page keeps a copy of itself, for when the network is away: it names nobody.
const PAGES = "emarge-tablet-pages";

export async function dropPage(path) {
  await (await globalThis.caches?.open(PAGES))?.delete(path);
}

export async function keepPage(path) {
  await navigator.serviceWorker.register("/sheets/tablet/worker.js");
  const answer = await fetch(path, { cache: "no-store" });
  if (answer.ok && (await answer.clone().text()).includes("data-tablet")) {
    await (await caches.open(PAGES)).put(path, answer);
  }
}

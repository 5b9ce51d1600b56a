// One's own page stays on a phone until its day is over; on a computer, which others may use, it does not.
const page = document.querySelector("[data-kept-until]");
const cached = "caches" in window && "serviceWorker" in navigator;
const lasts = page && Date.parse(page.dataset.keptUntil) > Date.now();
const isPhone = matchMedia("(pointer: coarse)").matches;

async function keep() {
  await navigator.serviceWorker.register("/r/worker.js", { scope: "/r/" });
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const headers = { "Content-Type": answer.headers.get("Content-Type"), "X-Kept-Until": page.dataset.keptUntil };
  const pages = await caches.open("emarge-own-pages");
  await pages.put(location.pathname, new Response(await answer.text(), { headers }));
}

async function forget() {
  await (await caches.open("emarge-own-pages")).delete(location.pathname);
}

function offline() {
  document.querySelector("[data-offline]")?.removeAttribute("hidden");
  for (const asks of document.querySelectorAll("main .no-print")) asks.hidden = true; // of the network
}

if (cached && !navigator.onLine) offline();
else if (cached && lasts && isPhone) keep();
else if (cached && !page) forget();

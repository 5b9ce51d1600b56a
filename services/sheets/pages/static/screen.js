// The room's screen takes the next code by itself, without a flicker. While the server does not answer
// there is none: an old one would let nobody in. Without this script the page is loaded anew.
const SOON = 2000; // ms
const PATIENCE = 8000;

async function renew() {
  const screen = document.querySelector("[data-seconds]");
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 404 || answer.status === 410) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    screen.replaceWith(document.adoptNode(next.querySelector("[data-seconds]")));
    wait();
  } catch {
    for (const old of screen.querySelectorAll(".screen-code, .room-code")) old.ariaBusy = "true";
    setTimeout(renew, SOON);
  }
}

function wait() {
  const { seconds } = document.querySelector("[data-seconds]").dataset;
  setTimeout(renew, Number(seconds) * 1000);
}

wait();

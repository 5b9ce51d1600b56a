// Reading badges by camera: the browser's own reader where it has one, else the one we bring.
import { page } from "./says.js";

const PAUSE = 2500; // ms: the same badge held still is one scan
const EVERY = 120; // ms
const button = document.querySelector("[data-camera]");
const view = document.querySelector("[data-view]");
let last = { text: "", at: 0 };

async function detector() {
  if ("BarcodeDetector" in globalThis) {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code"] });
  }
  const { BarcodeDetector: Fallback } = await import(page.decoder);
  return new Fallback({ formats: ["qr_code"] });
}

function isNew(text) {
  const now = Date.now();
  const held = text === last.text && now - last.at < PAUSE;
  last = { text, at: now };
  return !held;
}

async function watch(reader, seen) {
  while (view.srcObject) {
    const [found] = await reader.detect(view).catch(() => []);
    if (found && isNew(found.rawValue)) seen(found.rawValue);
    await new Promise((again) => {
      setTimeout(again, EVERY);
    });
  }
}

function stop() {
  view.srcObject.getTracks().forEach((track) => track.stop());
  view.srcObject = null;
  view.hidden = true;
}

export function offerCamera(seen) {
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", async () => {
    if (view.srcObject) return stop();
    try {
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.hidden = false;
      await view.play();
      navigator.wakeLock?.request("screen").catch(() => {});
      watch(await detector(), seen);
    } catch {
      document.querySelector("[data-no-camera]").hidden = false;
    }
  });
}

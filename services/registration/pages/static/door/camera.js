// Reading badges by camera: the browser's own reader where it has one, else the one we bring. What
// takes the picture away (a locked phone, a call) is waited for, and the camera opened again.
import { page } from "../offline/says.js";

const PAUSE = 2500; // ms: the same badge held still is one scan
const LEAST = 40; // ms between two looks, for the battery
const AGAIN = 500; // ms before a camera is asked again that did not open

const waited = (time) =>
  new Promise((done) => {
    setTimeout(done, time);
  });

async function detector() {
  if ("BarcodeDetector" in globalThis) {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code"] });
  }
  const { BarcodeDetector: Fallback } = await import(page.decoder);
  return new Fallback({ formats: ["qr_code"] });
}

/** Tells of an `open` picture, also of each that follows one that was lost. */
export class Camera extends EventTarget {
  #view;
  #seen;
  #reader = null;
  #track = null;
  #wanted = false;
  #isOpening = false;
  #awake = null;
  #last = { text: "", at: 0 };

  constructor(view, seen) {
    super();
    this.#view = view;
    this.#seen = seen;
    document.addEventListener("visibilitychange", () => this.#look());
  }

  static get isOffered() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /** Rejects when there is no camera, or none may be used. */
  async start() {
    this.#wanted = true;
    try {
      this.#reader ??= await detector();
      await this.#open();
    } catch (error) {
      this.stop();
      throw error;
    }
    this.#watch();
  }

  stop() {
    this.#wanted = false;
    this.#close();
    this.#awake?.release().catch(() => {});
    this.#awake = null;
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.#track.applyConstraints({ advanced: [{ torch: on }] });
  }

  async #open() {
    this.#close();
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!this.#wanted) return stream.getTracks().forEach((track) => track.stop());
    [this.#track] = stream.getVideoTracks();
    for (const lost of ["ended", "mute"]) this.#track.addEventListener(lost, () => this.#look());
    this.#view.srcObject = stream;
    this.#last = { text: "", at: 0 }; // in a new picture everybody is seen anew
    await this.#view.play();
    this.#stayAwake();
    this.dispatchEvent(new Event("open"));
  }

  #close() {
    this.#track = null;
    this.#view.srcObject?.getTracks().forEach((track) => track.stop());
    this.#view.srcObject = null;
  }

  get #isLive() {
    return this.#track?.readyState === "live" && !this.#track.muted && !this.#view.paused;
  }

  /** Whether there still is a picture; open it again if not, once somebody can see it. */
  #look() {
    if (!this.#wanted || document.hidden) return;
    this.#stayAwake();
    if (!this.#isLive) this.#openAgain();
  }

  async #openAgain() {
    if (this.#isOpening) return;
    this.#isOpening = true;
    while (this.#wanted && !document.hidden && !this.#isLive) {
      await this.#open().catch(() => waited(AGAIN));
    }
    this.#isOpening = false;
  }

  /** A screen that was locked has let go of it. */
  async #stayAwake() {
    if (this.#awake && !this.#awake.released) return;
    this.#awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  async #watch() {
    while (this.#wanted) {
      const begun = performance.now();
      const [found] = this.#track ? await this.#reader.detect(this.#view).catch(() => []) : [];
      if (found && this.#wanted && this.#isNew(found.rawValue)) this.#seen(found.rawValue);
      await waited(Math.max(LEAST, performance.now() - begun));
    }
  }

  #isNew(text) {
    const now = Date.now();
    const held = text === this.#last.text && now - this.#last.at < PAUSE;
    this.#last = { text, at: now };
    return !held;
  }
}

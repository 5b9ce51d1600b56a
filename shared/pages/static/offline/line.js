// The line to the server: whether it is there, what its clock says, and when what is due is tried
// again. Whoever extends it says what is due (`work`) and what a list is that was kept (`take`).
export class Line extends EventTarget {
  #path;
  #every;
  #timer;
  #working = null;
  safe;
  journal;
  ahead = 0; // ms by which the server's clock is ahead of ours
  connected = navigator.onLine;

  /** `every`: ms between two tries. */
  constructor(path, safe, journal, every) {
    super();
    this.#path = path;
    this.#every = every;
    this.safe = safe;
    this.journal = journal;
  }

  async open() {
    const kept = await this.safe?.read("list");
    if (kept) await this.take(kept);
    addEventListener("offline", () => this.#is(false));
    addEventListener("online", () => this.tend());
    this.#timer = setInterval(() => this.tend(), this.#every);
    const tended = this.tend();
    if (!kept) await tended;
  }

  /** Nothing more is sent or kept. */
  close() {
    clearInterval(this.#timer);
    this.safe = null;
  }

  /** This moment by the server's clock, in ISO 8601. */
  now() {
    return new Date(Date.now() + this.ahead).toISOString();
  }

  /** Whatever is due is done, once at a time. */
  tend() {
    this.#working ??= this.work().finally(() => (this.#working = null));
    return this.#working;
  }

  /** The answer's JSON; null without a network or a server, within `patience` ms, or when `refused`
   *  knows what its status means. */
  async fetch(path, options, patience, refused) {
    try {
      const begun = Date.now();
      const answer = await fetch(this.#path + path, { ...options, signal: AbortSignal.timeout(patience) });
      if (refused(answer.status)) return null;
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      this.ahead = Date.parse(body.now ?? body.as_of) - (begun + Date.now()) / 2;
      this.#is(true);
      return body;
    } catch {
      this.#is(false);
      return null;
    }
  }

  send(path, body, patience, refused) {
    const headers = { "Content-Type": "application/json" };
    return this.fetch(path, { method: "POST", headers, body: JSON.stringify(body) }, patience, refused);
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  #is(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    this.changed();
  }
}

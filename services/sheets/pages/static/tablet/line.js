// The line to the server: whether it is there, the sheets it sent and what still has to be sent to it.
const PATIENCE = 15_000; // ms
const TRY_AGAIN = 5000;
const RENEW = 30_000;
const AT_ONCE = 8; // signatures in one sending

export class Line extends EventTarget {
  #path;
  #safe;
  #journal;
  #ahead = 0; // ms by which the server's clock is ahead of ours
  #renewed = 0;
  #tending = null;
  #timer;
  sheets = null; // as of the last time the server was heard
  until = null; // when this tablet must have forgotten them
  connected = navigator.onLine;
  ended = false; // this tablet shows nobody any more; what it has, it still brings
  #refused = false; // nor that

  constructor(path, safe, journal) {
    super();
    this.#path = path;
    this.#safe = safe;
    this.#journal = journal;
  }

  async open() {
    const kept = await this.#safe?.read("list");
    if (kept) this.#take(kept);
    addEventListener("offline", () => this.#is(false));
    addEventListener("online", () => this.tend());
    this.#timer = setInterval(() => this.tend(), TRY_AGAIN);
    const tended = this.tend();
    if (!kept) await tended;
  }

  /** Nothing more is sent or kept. */
  close() {
    clearInterval(this.#timer);
    this.#safe = null;
  }

  /** This moment by the server's clock, in ISO 8601. */
  now() {
    return new Date(Date.now() + this.#ahead).toISOString();
  }

  /** Send what waits, then ask for the sheets when they are old; one at a time. */
  tend() {
    this.#tending ??= this.#tend().finally(() => (this.#tending = null));
    return this.#tending;
  }

  async #tend() {
    while (!this.#refused && this.#journal.waiting.length > 0) {
      if (!(await this.#send(this.#journal.waiting.slice(0, AT_ONCE)))) return;
    }
    if (this.ended || Date.now() - this.#renewed < RENEW) return;
    const list = await this.#ask("/list.json", {}, () => (this.ended = true));
    if (!list) return;
    this.#renewed = Date.now();
    const kept = { ...list, ahead: this.#ahead };
    this.#take(kept);
    await this.#safe?.write("list", kept);
    this.#changed();
  }

  async #send(entries) {
    const body = JSON.stringify({
      entries: entries.map(({ key, sheet, person, at, strokes, queued = false }) => ({ key, sheet, person, at, strokes, queued })),
    });
    const headers = { "Content-Type": "application/json" };
    const answer = await this.#ask("/entries", { method: "POST", headers, body }, () => (this.#refused = this.ended = true));
    if (!answer) {
      this.#journal.queue();
      return false;
    }
    for (const entry of entries) {
      const said = answer.answers.find((each) => each.key === entry.key);
      if (said) await this.#journal.settle(entry, said);
    }
    this.#renewed = 0;
    this.#changed();
    return true;
  }

  /** Whether the list is to be forgotten: its day is over, or the link was ended. */
  get over() {
    return this.ended || (this.until !== null && Date.parse(this.now()) >= Date.parse(this.until));
  }

  #take({ sheets, until, ahead }) {
    this.sheets = sheets;
    this.until = until;
    this.#ahead = ahead;
  }

  /** The answer's JSON; null without a network or a server, or when the server answers that this is
   *  no tablet any more: then `gone` is called. */
  async #ask(path, options, gone) {
    try {
      const begun = Date.now();
      const answer = await fetch(this.#path + path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 404 || answer.status === 410) {
        gone();
        this.#changed();
        return null;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      this.#ahead = Date.parse(body.now) - (begun + Date.now()) / 2;
      this.#is(true);
      return body;
    } catch {
      this.#is(false);
      return null;
    }
  }

  #is(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

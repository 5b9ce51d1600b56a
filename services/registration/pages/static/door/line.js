// The line to the server: what it answers, whether it is there, the list it sent and what still has
// to be sent to it.
import { indexed } from "./list.js";

const PATIENCE = 2500; // ms: then the list decides, and the scan waits
const PATIENCE_FOR_LIST = 15_000;
const TRY_AGAIN = 4000;
const RENEW = 20_000;
const AT_ONCE = 50; // scans in one sending

/** What the server is told of a scan. */
const sentScan = ({ id, code, door, direction, at, let_in }) => ({ id, code, door, direction, at, let_in });
/** And of somebody who walks in. */
const sentWalkIn = ({ id, door, at, let_in, fields }) => ({ id, door, at, let_in, fields });

export class Line extends EventTarget {
  #path;
  #safe;
  #journal;
  #ahead = 0; // ms by which the server's clock is ahead of ours
  #renewed = 0;
  #timer;
  #sending = null;
  list = null;
  connected = navigator.onLine;

  constructor(path, safe, journal) {
    super();
    this.#path = path;
    this.#safe = safe;
    this.#journal = journal;
  }

  async open() {
    const kept = await this.#safe?.read("list");
    if (kept) {
      this.list = indexed(kept.list);
      this.#ahead = kept.ahead;
      await this.#forgetWhenOver();
    }
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

  /** What the server says of one scan or walk-in; null when it does not answer. */
  async ask(scan) {
    const answers = await this.#send([scan]);
    return answers?.[0] ?? null;
  }

  /** Send what waits, renew the list: whatever is due. */
  async tend() {
    this.#sending ??= this.#tend().finally(() => (this.#sending = null));
    await this.#sending;
  }

  async #tend() {
    await this.#forgetWhenOver();
    const flushed = await this.#flush();
    if (flushed || !this.connected || Date.now() - this.#renewed > RENEW) await this.#renew();
  }

  async #flush() {
    let total = 0;
    for (;;) {
      const [oldest, ...later] = this.#journal.waiting;
      if (!oldest) return total;
      const alike = later.filter((entry) => Boolean(entry.fields) === Boolean(oldest.fields));
      const waiting = [oldest, ...alike].slice(0, AT_ONCE);
      const answers = await this.#send(waiting);
      if (!answers) return total;
      for (const [index, entry] of waiting.entries()) {
        await this.#journal.settle(entry, answers[index], this.now());
      }
      total += waiting.length;
      this.#changed();
    }
  }

  /** Scans, or walk-ins: not both. */
  async #send(entries) {
    const areWalkIns = Boolean(entries[0].fields);
    const body = areWalkIns ? { walk_ins: entries.map(sentWalkIn) } : { scans: entries.map(sentScan) };
    const answer = await this.#fetch(areWalkIns ? "/walk-ins" : "/scans", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer?.answers ?? null;
  }

  async #renew() {
    const list = await this.#fetch("/list.json", {}, PATIENCE_FOR_LIST);
    if (!list) return;
    this.#renewed = Date.now();
    this.list = indexed(list);
    await this.#safe?.keepUntil(Date.parse(list.until));
    await this.#safe?.write("list", { list, ahead: this.#ahead });
    await this.#forgetWhenOver();
    this.#changed();
  }

  async #forgetWhenOver() {
    if (this.list && Date.parse(this.now()) >= Date.parse(this.list.until)) {
      this.list = null;
      await this.#safe?.remove("list");
    }
  }

  /** The answer's JSON; null without a network, a server or a sign-in. */
  async #fetch(path, options, patience = PATIENCE) {
    try {
      const begun = Date.now();
      const answer = await fetch(this.#path + path, { ...options, signal: AbortSignal.timeout(patience) });
      if (answer.status === 403) this.dispatchEvent(new Event("signed-out"));
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      this.#ahead = Date.parse(body.now ?? body.as_of) - (begun + Date.now()) / 2;
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

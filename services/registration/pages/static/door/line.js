// The door's line to the server: what it answers, the list it sent and what still has to be sent to it.
import { Line } from "../offline/line.js";
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

export class DoorLine extends Line {
  #renewed = 0;
  list = null;

  constructor(path, safe, journal) {
    super(path, safe, journal, TRY_AGAIN);
  }

  async take({ list, ahead }) {
    this.list = indexed(list);
    this.ahead = ahead;
    await this.#forgetWhenOver();
  }

  /** What the server says of one scan or walk-in; null when it does not answer. */
  async ask(scan) {
    const answers = await this.#send([scan]);
    return answers?.[0] ?? null;
  }

  /** Send what waits, renew the list. */
  async work() {
    await this.#forgetWhenOver();
    const flushed = await this.#flush();
    if (flushed || !this.connected || Date.now() - this.#renewed > RENEW) await this.#renew();
  }

  async #flush() {
    let total = 0;
    for (;;) {
      const [oldest, ...later] = this.journal.waiting;
      if (!oldest) return total;
      const alike = later.filter((entry) => Boolean(entry.fields) === Boolean(oldest.fields));
      const waiting = [oldest, ...alike].slice(0, AT_ONCE);
      const answers = await this.#send(waiting);
      if (!answers) return total;
      for (const [index, entry] of waiting.entries()) {
        await this.journal.settle(entry, answers[index], this.now());
      }
      total += waiting.length;
      this.changed();
    }
  }

  /** Scans, or walk-ins: not both. */
  async #send(entries) {
    const areWalkIns = Boolean(entries[0].fields);
    const body = areWalkIns ? { walk_ins: entries.map(sentWalkIn) } : { scans: entries.map(sentScan) };
    const answer = await this.send(areWalkIns ? "/walk-ins" : "/scans", body, PATIENCE, this.#signedOut);
    return answer?.answers ?? null;
  }

  async #renew() {
    const list = await this.fetch("/list.json", {}, PATIENCE_FOR_LIST, this.#signedOut);
    if (!list) return;
    this.#renewed = Date.now();
    this.list = indexed(list);
    await this.safe?.keepUntil(Date.parse(list.until));
    await this.safe?.write("list", { list, ahead: this.ahead });
    await this.#forgetWhenOver();
    this.changed();
  }

  async #forgetWhenOver() {
    if (this.list && Date.parse(this.now()) >= Date.parse(this.list.until)) {
      this.list = null;
      await this.safe?.remove("list");
    }
  }

  #signedOut = (status) => {
    if (status === 403) this.dispatchEvent(new Event("signed-out"));
    return false;
  };
}

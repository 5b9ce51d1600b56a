// The tablet's line to the server: the sheets it sent and what still has to be sent to it.
import { Line } from "../offline/line.js";

const PATIENCE = 15_000; // ms
const TRY_AGAIN = 5000;
const RENEW = 30_000;
const AT_ONCE = 8; // signatures in one sending

const sentEntry = ({ key, sheet, person, at, strokes, queued = false }) => ({ key, sheet, person, at, strokes, queued });

export class TabletLine extends Line {
  #renewed = 0;
  sheets = null; // as of the last time the server was heard
  until = null; // when this tablet must have forgotten them
  ended = false; // this tablet shows nobody any more; what it has, it still brings
  #refused = false; // nor that

  constructor(path, safe, journal) {
    super(path, safe, journal, TRY_AGAIN);
  }

  /** Send what waits, then ask for the sheets when they are old. */
  async work() {
    while (!this.#refused && this.journal.waiting.length > 0) {
      if (!(await this.#send(this.journal.waiting.slice(0, AT_ONCE)))) return;
    }
    if (this.ended || Date.now() - this.#renewed < RENEW) return;
    const list = await this.fetch("/list.json", {}, PATIENCE, (status) => this.#gone(status));
    if (!list) return;
    this.#renewed = Date.now();
    const kept = { ...list, ahead: this.ahead };
    this.take(kept);
    await this.safe?.write("list", kept);
    this.changed();
  }

  async #send(entries) {
    const answer = await this.send("/entries", { entries: entries.map(sentEntry) }, PATIENCE, (status) => {
      this.#refused = this.#gone(status);
      return this.#refused;
    });
    if (!answer) {
      this.journal.queue();
      return false;
    }
    for (const entry of entries) {
      const said = answer.answers.find((each) => each.key === entry.key);
      if (said) await this.journal.settle(entry, said);
    }
    this.#renewed = 0;
    this.changed();
    return true;
  }

  /** Whether the list is to be forgotten: its day is over, or the link was ended. */
  get over() {
    return this.ended || (this.until !== null && Date.parse(this.now()) >= Date.parse(this.until));
  }

  take({ sheets, until, ahead }) {
    this.sheets = sheets;
    this.until = until;
    this.ahead = ahead;
  }

  /** Whether the server says that this is no tablet any more. */
  #gone(status) {
    if (status !== 404 && status !== 410) return false;
    this.ended = true;
    this.changed();
    return true;
  }
}

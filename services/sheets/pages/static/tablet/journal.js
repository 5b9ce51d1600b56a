// What was signed on this tablet: it waits until it is sent, then without its picture it is known as
// signed. What the server refused stays as it is until somebody discards it.
const WAITING = "waiting:";
const DONE = "done:";

export const isRefused = (entry) => Boolean(entry.why);
const isOpen = (entry) => !entry.settled || isRefused(entry);
const nameOf = (entry) => (isOpen(entry) ? WAITING : DONE) + entry.key;

export class Journal {
  #safe;
  entries = []; // the oldest first

  constructor(safe) {
    this.#safe = safe;
  }

  static async load(safe) {
    const journal = new Journal(safe);
    const names = safe ? [...(await safe.names(WAITING)), ...(await safe.names(DONE))] : [];
    const entries = await Promise.all(names.map((name) => safe.read(name)));
    journal.entries = entries.filter(Boolean).sort((a, b) => a.at.localeCompare(b.at));
    journal.queue();
    return journal;
  }

  get waiting() {
    return this.entries.filter((entry) => !entry.settled);
  }

  /** Whoever gave what waits has gone on: the server is to keep it, whatever it thinks of it. */
  queue() {
    for (const entry of this.waiting) entry.queued = true;
  }

  get refused() {
    return this.entries.filter(isRefused);
  }

  /** What is lost with this tablet: what was not sent, and what was refused. */
  get unsettled() {
    return this.entries.filter(isOpen);
  }

  /** What somebody has signed here, on this sheet; nothing that was refused. */
  of(sheet, person) {
    return this.entries.find((entry) => entry.sheet === sheet && entry.person === person && !isRefused(entry));
  }

  /** Resolves once it is on the disk. */
  async add(entry) {
    this.entries.push(entry);
    await this.#safe?.write(nameOf(entry), entry);
  }

  async drop(entry) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    await this.#safe?.remove(nameOf(entry));
  }

  /** The server's word: taken, or refused and why. */
  async settle(entry, { why = "" }) {
    if (why) {
      Object.assign(entry, { why, settled: true });
      await this.#safe?.write(WAITING + entry.key, entry);
      return;
    }
    const waited = WAITING + entry.key;
    entry.settled = true;
    delete entry.strokes; // it is where it belongs
    await this.#safe?.write(DONE + entry.key, entry);
    await this.#safe?.remove(waited);
  }
}

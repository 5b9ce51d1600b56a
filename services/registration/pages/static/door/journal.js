// What this device has scanned: first waiting to be sent, then with what became of it.
const WAITING = "waiting:";
const ANSWERED = "answered:";
const MOST_ANSWERED = 200;

export class Journal {
  #safe;
  entries = []; // the newest first

  constructor(safe) {
    this.#safe = safe;
  }

  static async load(safe) {
    const journal = new Journal(safe);
    const names = safe ? [...(await safe.names(WAITING)), ...(await safe.names(ANSWERED))] : [];
    const entries = await Promise.all(names.map((name) => safe.read(name)));
    journal.entries = entries.filter(Boolean).sort((a, b) => b.at.localeCompare(a.at));
    return journal;
  }

  get waiting() {
    return this.entries.filter((entry) => !entry.answered).reverse();
  }

  async add(entry) {
    this.entries.unshift(entry);
    await this.#safe?.write((entry.answered ? ANSWERED : WAITING) + entry.id, entry);
    const answered = this.entries.filter((each) => each.answered);
    for (const old of answered.slice(MOST_ANSWERED)) {
      this.entries.splice(this.entries.indexOf(old), 1);
      await this.#safe?.remove(ANSWERED + old.id);
    }
  }

  /** The server's word on a scan that waited: it holds, whatever the list said. */
  async settle(entry, answer, moment) {
    const known = { code: answer.code || entry.code, name: answer.name || entry.name };
    Object.assign(entry, answer, known, { answered: moment });
    if (entry.since && Date.parse(entry.since) === Date.parse(entry.at)) {
      // Sent again after its answer was lost, a scan is "already so" since itself.
      Object.assign(entry, { kind: entry.direction === "in" ? "welcome" : "goodbye", since: null });
    }
    await this.#safe?.write(ANSWERED + entry.id, entry);
    await this.#safe?.remove(WAITING + entry.id);
  }
}

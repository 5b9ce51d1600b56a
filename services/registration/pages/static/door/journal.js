// What this device has scanned, and who walked in: first waiting to be sent, then with what became of
// it. A walk-in whom the server refused stays until somebody has corrected or discarded it.
const WAITING = "waiting:";
const ANSWERED = "answered:";
const MOST_ANSWERED = 200;

export const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
export const isRefused = (entry) => entry.kind === "not-registered";
const isOpen = (entry) => !entry.answered || isRefused(entry);

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

  /** What is lost with this device: what was not sent, and what was refused. */
  get unsettled() {
    return this.entries.filter(isOpen);
  }

  async add(entry) {
    this.entries.unshift(entry);
    await this.#safe?.write((isOpen(entry) ? WAITING : ANSWERED) + entry.id, entry);
    const answered = this.entries.filter((each) => !isOpen(each));
    for (const old of answered.slice(MOST_ANSWERED)) {
      this.entries.splice(this.entries.indexOf(old), 1);
      await this.#safe?.remove(ANSWERED + old.id);
    }
  }

  async drop(entry) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    await this.#safe?.remove((isOpen(entry) ? WAITING : ANSWERED) + entry.id);
  }

  /** The server's word on what waited: it holds, whatever the list said. */
  async settle(entry, answer, moment) {
    const known = { code: answer.code || entry.code, name: answer.name || entry.name };
    Object.assign(entry, answer, known, { answered: moment });
    if (entry.since && Date.parse(entry.since) === Date.parse(entry.at)) {
      // Sent again after its answer was lost, a scan is "already so" since itself.
      Object.assign(entry, { kind: entry.direction === "in" ? "welcome" : "goodbye", since: null });
    }
    if (isOpen(entry)) return this.#safe?.write(WAITING + entry.id, entry);
    delete entry.fields; // whoever is registered is no longer written down here
    await this.#safe?.write(ANSWERED + entry.id, entry);
    await this.#safe?.remove(WAITING + entry.id);
  }
}

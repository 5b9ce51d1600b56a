// What a door keeps on the device, in IndexedDB: encrypted, each value bound to its name and to who
// is signed in, with a key that no script can read out and that goes with them or after the day.
const STORE = "kept";
const KEY = "key";
const WAITING = "waiting:"; // before the names of what must still be sent
const UNSENT_LAST = 24 * 3600 * 1000; // ms for which scans wait after the day
const AT_MOST = 14 * 3600 * 1000; // ms: as long as a sign-in

const PREFIX = "emarge-door:";
const databaseOf = (slug) => PREFIX + slug;

function result(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** When what was asked of a store that is written to is on the disk: what a person was shown must
 *  survive a browser that is closed at once. */
function committed({ transaction }) {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

async function connect(slug) {
  const opening = indexedDB.open(databaseOf(slug), 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE));
  const database = await result(opening);
  database.addEventListener("versionchange", () => database.close());
  return (mode = "readonly") => database.transaction(STORE, mode, { durability: "strict" }).objectStore(STORE);
}

export class Safe {
  #store;
  #key;
  #holder;

  constructor(store, key, holder) {
    this.#store = store;
    this.#key = key;
    this.#holder = holder;
  }

  /** The safe of this day for whoever is signed in; what is in another's, or too old, is lost.
   *  Null where the browser has no cryptography: pages that are not served securely. */
  static async open(slug, holder) {
    if (!globalThis.crypto?.subtle) return null;
    const store = await connect(slug);
    const kept = await result(store().get(KEY));
    if (kept?.holder === holder && Date.now() < kept.until + UNSENT_LAST) {
      return new Safe(store, kept.key, holder);
    }
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const emptied = store("readwrite");
    emptied.clear();
    emptied.put({ key, holder, until: Date.now() + AT_MOST }, KEY);
    await committed(emptied);
    return new Safe(store, key, holder);
  }

  /** Whoever was signed in no longer is: only what waits to be sent stays, and its key. */
  static async leave(slug) {
    const store = await connect(slug);
    const names = await result(store().getAllKeys());
    if (!names.some((name) => name.startsWith(WAITING))) return Safe.destroy(slug);
    const left = store("readwrite");
    names.filter((name) => name !== KEY && !name.startsWith(WAITING)).forEach((name) => left.delete(name));
    await committed(left);
  }

  /** The days of which something is kept here. */
  static async days() {
    const databases = (await indexedDB.databases?.()) ?? [];
    return databases.map(({ name }) => name).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  }

  static async destroy(slug) {
    await result(indexedDB.deleteDatabase(databaseOf(slug)));
  }

  /** `until` is when the list must be forgotten, in ms. */
  async keepUntil(until) {
    const kept = { key: this.#key, holder: this.#holder, until };
    await this.#put(kept, KEY);
  }

  async write(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt(this.#cipher(name, iv), this.#key, plain);
    await this.#put({ iv, sealed }, name);
  }

  async #put(value, name) {
    const store = this.#store("readwrite");
    store.put(value, name);
    await committed(store);
  }

  /** The value; undefined when there is none, or none that was put there under this name. */
  async read(name) {
    const found = await result(this.#store().get(name));
    if (!found) return undefined;
    try {
      const plain = await crypto.subtle.decrypt(this.#cipher(name, found.iv), this.#key, found.sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return undefined;
    }
  }

  async remove(name) {
    const store = this.#store("readwrite");
    store.delete(name);
    await committed(store);
  }

  names(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return result(this.#store().getAllKeys(range));
  }

  #cipher(name, iv) {
    const additionalData = new TextEncoder().encode(`${this.#holder} ${name}`);
    return { name: "AES-GCM", iv, additionalData };
  }
}

// What a page keeps on a device, in IndexedDB: encrypted, each value bound to its name and to who is
// there, with a key that no script can read out and that goes with them or when its time is over.
const STORE = "kept";
const KEY = "key";

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

async function connect(name) {
  const opening = indexedDB.open(name, 1);
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

  /** The safe of this name for its holder; what is in another's is lost, and what is older than it
   *  `lasts`, and `after` that, in ms. Null where the browser has no cryptography: pages that are not
   *  served securely. */
  static async open(name, { holder = "", lasts = Infinity, after = 0 } = {}) {
    if (!globalThis.crypto?.subtle) return null;
    const store = await connect(name);
    const kept = await result(store().get(KEY));
    if (kept?.holder === holder && Date.now() < kept.until + after) return new Safe(store, kept.key, holder);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const emptied = store("readwrite");
    emptied.clear();
    emptied.put({ key, holder, until: Date.now() + lasts }, KEY);
    await committed(emptied);
    return new Safe(store, key, holder);
  }

  /** Of what is in it, only what is so named stays, and its key. */
  static async leave(name, prefix) {
    const store = await connect(name);
    const names = await result(store().getAllKeys());
    if (!names.some((each) => each.startsWith(prefix))) return Safe.destroy(name);
    const left = store("readwrite");
    names.filter((each) => each !== KEY && !each.startsWith(prefix)).forEach((each) => left.delete(each));
    await committed(left);
  }

  static async destroy(name) {
    await result(indexedDB.deleteDatabase(name));
  }

  /** `until` is when it has lasted, in ms since 1970. */
  async keepUntil(until) {
    await this.#put({ key: this.#key, holder: this.#holder, until }, KEY);
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

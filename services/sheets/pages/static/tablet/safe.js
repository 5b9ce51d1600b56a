// What a tablet keeps, in IndexedDB: encrypted, each value bound to its name, with a key that no script
// can read out. Signatures wait there for hours; they are gone from it once they are sent.
const STORE = "kept";
const KEY = "key";

const nameOf = (id) => `emarge-tablet:${id}`;

function result(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** When what was written is on the disk: a signature that was taken must survive a browser that is
 *  closed at once. */
function committed({ transaction }) {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

export class Safe {
  #store;
  #key;

  constructor(store, key) {
    this.#store = store;
    this.#key = key;
  }

  /** Of the tablet with this id; null where the browser has no cryptography: pages that are not
   *  served securely. */
  static async open(id) {
    if (!globalThis.crypto?.subtle) return null;
    const opening = indexedDB.open(nameOf(id), 1);
    opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE));
    const database = await result(opening);
    const store = (mode = "readonly") => database.transaction(STORE, mode, { durability: "strict" }).objectStore(STORE);
    const kept = await result(store().get(KEY));
    if (kept) return new Safe(store, kept);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const first = store("readwrite");
    first.put(key, KEY);
    await committed(first);
    return new Safe(store, key);
  }

  async write(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt(cipher(name, iv), this.#key, plain);
    const store = this.#store("readwrite");
    store.put({ iv, sealed }, name);
    await committed(store);
  }

  /** The value; undefined when there is none, or none that was put there under this name. */
  async read(name) {
    const found = await result(this.#store().get(name));
    if (!found) return undefined;
    try {
      const plain = await crypto.subtle.decrypt(cipher(name, found.iv), this.#key, found.sealed);
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

  /** Nothing is left of it. */
  async destroy(id) {
    this.#store().transaction.db.close();
    await result(indexedDB.deleteDatabase(nameOf(id)));
  }

  names(prefix) {
    return result(this.#store().getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
  }
}

function cipher(name, iv) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}

// What a door keeps on the device, for whoever is signed in; after the day only what was not sent.
import { Safe } from "../offline/safe.js";

const WAITING = "waiting:"; // before the names of what must still be sent
const UNSENT_LAST = 24 * 3600 * 1000; // ms for which scans wait after the day
const AT_MOST = 14 * 3600 * 1000; // ms: as long as a sign-in

const PREFIX = "emarge-door:";
const nameOf = (slug) => PREFIX + slug;

export const openSafe = (slug, holder) => Safe.open(nameOf(slug), { holder, lasts: AT_MOST, after: UNSENT_LAST });

/** Whoever was signed in no longer is. */
export const leaveSafe = (slug) => Safe.leave(nameOf(slug), WAITING);

export const destroySafe = (slug) => Safe.destroy(nameOf(slug));

/** The days of which something is kept here. */
export async function keptDays() {
  const databases = (await indexedDB.databases?.()) ?? [];
  return databases.map(({ name }) => name).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

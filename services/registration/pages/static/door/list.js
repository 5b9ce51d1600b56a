// The list that this device keeps of whom the door expects, and what it says of a scan.
import { parseCode } from "./code.js";
import { RECORDED, alreadySince, judge, mayLetIn } from "./verdict.js";

/** The list of list.json with its people by code and its sessions by slug. */
export function indexed(list) {
  const sessions = new Map(list.workshops.map((session) => [session.slug, { ...session, is_chosen: true }]));
  return { ...list, sessions, byCode: new Map(list.people.map((person) => [person.code, person])) };
}

/** The outcome of a passage `{code, door, direction, at, let_in}`, in the shape of the server's;
 *  `list` is null on a device that has none, `entries` are the scans it has made. */
export function consult(list, passage, entries) {
  const code = parseCode(passage.code);
  const person = list?.byCode.get(code) ?? null;
  // A door that is not in the list is for everyone, as that of the day.
  const attempt = { ...passage, code, door: list?.sessions.get(passage.door) ?? null };
  const before = scansOf(code, passage.door, person, list, entries);
  const verdict = judge(attempt, list, person && holderOf(person, passage.door, list), before);
  if (verdict.kind === "unknown") return ofStranger(attempt, before);
  return {
    ...verdict,
    code: code ?? "",
    name: person?.name ?? "",
    workshops: (verdict.workshops ?? []).map((session) => session.slug),
    may_let_in: mayLetIn(verdict.kind),
  };
}

/** Since when somebody of the list is in at this door; null for who is not. */
export function insideSince(person, door, at, list, entries) {
  return alreadySince({ direction: "in", at }, scansOf(person.code, door, person, list, entries));
}

/** When others let the same badge in at the same door, as the list has it and this device has not. */
export function elsewhere(entry, list, entries) {
  const own = new Set(entries.filter((each) => each.code === entry.code).map((each) => Date.parse(each.at)));
  const times = list?.byCode.get(entry.code)?.inside[entry.door] ?? [];
  return times.filter((time) => !own.has(Date.parse(time)));
}

/** The list may be older than somebody's registration: the person at the door decides, the server
 *  has the last word, and who goes out needs nobody's leave. */
function ofStranger(attempt, before) {
  const inwards = attempt.direction === "in";
  const outcome = { code: attempt.code, name: "", workshops: [], may_let_in: false };
  const since = alreadySince(attempt, before);
  if (since !== null) return { ...outcome, kind: inwards ? "already-in" : "already-out", since };
  if (inwards && !attempt.let_in) return { ...outcome, kind: "unlisted", may_let_in: true };
  return { ...outcome, kind: inwards ? "welcome" : "goodbye" };
}

function holderOf(person, door, list) {
  const sessions = (slugs) => slugs.map((slug) => list.sessions.get(slug)).filter(Boolean);
  const { status, held, awaited, ranks, freed } = person;
  return { status, held: sessions(held), awaited: sessions(awaited), ranks: ranks ?? {}, freed_at: freed?.[door] ?? null };
}

/** Whether the list cannot have it yet. */
export function isNewer(entry, list) {
  return !entry.answered || !list || Date.parse(entry.answered) > Date.parse(list.as_of);
}

/** What a door has scanned of a badge, by the list and by what this device has seen since. */
function scansOf(code, door, person, list, entries) {
  const listed = (person?.inside[door] ?? []).map((at) => ({ direction: "in", at }));
  const own = entries.filter(
    (entry) => entry.code === code && entry.door === door && RECORDED.has(entry.kind) && isNewer(entry, list),
  );
  return [...listed, ...own];
}

// What the list says of a scan while the server cannot be asked: the rules of door/scanning.py.
import { parseCode } from "./code.js";

export const RECORDED = new Set(["welcome", "goodbye", "already-in", "already-out"]);

/** The list of list.json as `judge` wants it. */
export function indexed(list) {
  return {
    ...list,
    byCode: new Map(list.people.map((person) => [person.code, person])),
    sessions: new Map(list.workshops.map((session) => [session.slug, session])),
  };
}

/** The outcome of a passage `{code, door, direction, at, let_in}`, in the shape of the server's;
 *  `list` is null on a device that has none. */
export function judge(list, passage, journal) {
  const code = parseCode(passage.code);
  if (!code) return { kind: "misread" };
  if (list && !isOpen(list, Date.parse(passage.at))) return { kind: "not-today" };
  const person = list?.byCode.get(code);
  const inwards = passage.direction === "in";
  if (!person) {
    if (passage.let_in) return { kind: inwards ? "welcome" : "goodbye", code };
    return { kind: "unlisted", code, may_let_in: inwards };
  }
  const known = { code, name: person.name, workshops: workshopsOf(person.held, list) };
  if (person.status === "cancelled") return { kind: "cancelled", ...known };
  const doubt = inwards && !passage.let_in && doubtAt(passage.door, person, list);
  if (doubt) return { ...known, ...doubt, may_let_in: true };
  const since = alreadySince(person, passage, journal, list.as_of);
  if (since) return { kind: inwards ? "already-in" : "already-out", ...known, since };
  return { kind: inwards ? "welcome" : "goodbye", ...known };
}

/** When others let the same badge in at the same door, as the list has it and this device has not. */
export function elsewhere(entry, list, entries) {
  const own = new Set(
    entries.filter((each) => each.code === entry.code).map((each) => Date.parse(each.at)),
  );
  const times = list?.byCode.get(entry.code)?.inside[entry.door] ?? [];
  return times.filter((time) => !own.has(Date.parse(time)));
}

function isOpen(list, moment) {
  return moment >= Date.parse(list.opens) && moment < Date.parse(list.closes);
}

function workshopsOf(slugs, list) {
  return slugs.filter((slug) => list.sessions.get(slug)?.is_workshop);
}

function doubtAt(door, person, list) {
  const here = list.sessions.get(door);
  if (!here) return person.status === "waitlisted" ? { kind: "waitlisted" } : null;
  if (person.held.includes(door)) return null;
  const workshops = workshopsOf(person.held, list);
  const atThisHour = workshops.filter((slug) => overlap(list.sessions.get(slug), here));
  return { kind: "wrong-workshop", workshops: atThisHour.length ? atThisHour : workshops };
}

function overlap(one, other) {
  return one.starts_at < other.ends_at && other.starts_at < one.ends_at;
}

/** Since when the passage says nothing new, by the list and what this device has seen after it. */
function alreadySince(person, passage, journal, asOf) {
  const ins = (person.inside[passage.door] ?? []).map((at) => ({ direction: "in", at }));
  const own = journal.filter(
    (entry) =>
      entry.code === person.code &&
      entry.door === passage.door &&
      RECORDED.has(entry.kind) &&
      (!entry.answered || Date.parse(entry.answered) > Date.parse(asOf)),
  );
  let since = null;
  const seen = [...ins, ...own].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  for (const { direction, at } of seen) {
    since = direction === passage.direction ? (since ?? at) : null;
  }
  return since;
}

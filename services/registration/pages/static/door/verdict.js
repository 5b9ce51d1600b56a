// What a door says of a badge while the server cannot be asked: the rule of day/verdict.py. The cases
// in tests/registration/door-cases.json hold both to it.

export const RECORDED = new Set(["welcome", "goodbye", "already-in", "already-out"]);
// Nothing is recorded yet: the person at the door may let them in all the same.
const DOUBTS = new Set(["waitlisted", "seat-freed", "wrong-workshop", "unexpected"]);

export const mayLetIn = (kind) => DOUBTS.has(kind);

/** The first reason found, as {kind, workshops, since, expected, rank}.
 *
 *  `attempt` is {code, door, direction, at, let_in}, `hours` {opens, closes} or null where they are
 *  not known, `holder` {status, held, awaited, ranks, freed_at?} or null, `before` what this door has
 *  scanned of the badge. Sessions are {slug, is_chosen, is_workshop, starts_at, ends_at}; moments are in
 *  ISO 8601. */
export function judge(attempt, hours, holder, before) {
  if (attempt.code === null) return { kind: "misread" };
  if (hours && !isWithin(hours, attempt.at)) return { kind: "not-today" };
  if (holder === null) return { kind: "unknown" };
  if (holder.status === "cancelled") return { kind: "cancelled" };
  const inwards = attempt.direction === "in";
  const expected = hasPlace(holder, attempt.door);
  const since = alreadySince(attempt, before);
  if (since !== null) {
    // Before any doubt: whoever is in has been let in by somebody who saw them.
    return { kind: inwards ? "already-in" : "already-out", workshops: targetOf(holder, attempt), since, expected };
  }
  if (inwards && !expected && !attempt.let_in) return doubt(holder, attempt);
  return { kind: inwards ? "welcome" : "goodbye", workshops: targetOf(holder, attempt), expected };
}

/** Since when what the scan says was so at that time; null when the scan is news. */
export function alreadySince(attempt, before) {
  const at = Date.parse(attempt.at);
  const earlier = before.filter((scan) => Date.parse(scan.at) <= at);
  let since = null;
  for (const scan of earlier.sort(byTime)) {
    since = scan.direction === attempt.direction ? (since ?? scan.at) : null;
  }
  return since;
}

function byTime(one, other) {
  return Date.parse(one.at) - Date.parse(other.at) || (one.direction === "out") - (other.direction === "out");
}

function isWithin({ opens, closes }, at) {
  return Date.parse(opens) <= Date.parse(at) && Date.parse(at) < Date.parse(closes);
}

function hasPlace(holder, door) {
  if (!door?.is_chosen) return holder.status === "confirmed";
  return holder.held.includes(door);
}

/** Why someone whose badge is good should not come in here. */
function doubt(holder, { door, at }) {
  if (!door?.is_chosen) return { kind: "waitlisted", workshops: ahead(holder, at) };
  if (holder.freed_at) return { kind: "seat-freed", workshops: [], since: holder.freed_at };
  const elsewhere = ahead(holder, at).filter((session) => overlap(session, door));
  const here = elsewhere.length > 0 ? elsewhere : [door];
  if (holder.awaited.includes(door)) return { kind: "waitlisted", workshops: here, rank: holder.ranks[door.slug] };
  if (!door.is_workshop) return { kind: "unexpected", workshops: [door] };
  return { kind: "wrong-workshop", workshops: elsewhere.length > 0 ? elsewhere : ahead(holder, at) };
}

/** Where somebody goes who has passed: into the room that was chosen, or on to their workshops. */
function targetOf(holder, { door, direction, at }) {
  if (door?.is_chosen && direction === "in") return [door];
  return ahead(holder, at).filter((session) => session !== door);
}

/** The workshops with a place for them that are not over. */
function ahead(holder, at) {
  return holder.held.filter((session) => session.is_workshop && Date.parse(session.ends_at) > Date.parse(at));
}

function overlap(one, other) {
  return (
    Date.parse(one.starts_at) < Date.parse(other.ends_at) && Date.parse(other.starts_at) < Date.parse(one.ends_at)
  );
}

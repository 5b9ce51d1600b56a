"""The rules of choosing sessions, as pure functions over the facts.

A person holds any set of sessions that do not overlap; where a choice must be made says
`Conference.must_choose`. Sessions that are not chosen are for everyone. What has begun can be kept
by whoever has it, and joined by nobody but those whom staff seat in it late.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.registration.base.refusals import (
    Fault,
    Invalid,
    SessionBegun,
    SessionFull,
    SessionsOverlap,
)
from services.registration.programme.facts import Conference, Session, Status


@dataclass(frozen=True)
class Plan:
    """Where a person sits once the plan is applied; ids of sessions, in programme order."""

    held: tuple[int, ...]
    waiting: tuple[int, ...]
    status: Status


def workshop_groups(sessions: Iterable[Session]) -> list[tuple[Session, ...]]:
    """Workshops that overlap, directly or through others, in the order of the day."""
    groups: list[list[Session]] = []
    for session in sorted(
        (s for s in sessions if s.is_workshop), key=lambda s: (s.starts_at, s.ends_at, s.id)
    ):
        if groups and session.starts_at < max(s.ends_at for s in groups[-1]):
            groups[-1].append(session)
        else:
            groups.append([session])
    return [tuple(group) for group in groups]


def still_open(conference: Conference, begun: Collection[int]) -> list[tuple[Session, ...]]:
    """The slots in which one must be chosen and something can still be joined."""
    return [
        slot for slot in conference.must_choose if any(session.id not in begun for session in slot)
    ]


def choose(
    conference: Conference,
    slugs: Sequence[str],
    *,
    waitlist: bool = False,
    waiting_for: Sequence[str] = (),
    held: Collection[int] = (),
    waiting: Collection[int] = (),
    confirmed: bool = False,
    begun: Collection[int] = (),
    late: bool = False,
) -> tuple[Session, ...]:
    """The chosen sessions in programme order, of someone who now holds and waits for some.

    Raises Invalid for a session that does not exist, is for everyone or is named twice, and for a
    slot without its choice; SessionBegun; SessionsOverlap for two at the same time, unless one is
    to be waited for. What is named in `waiting_for` is wanted more than what else is at its hour:
    where it has a place, the other is left. Whoever is `confirmed` without anything in a slot (it
    was added later) need not choose in it. `late`: staff may still seat people in what has begun.
    """
    chosen = _named(conference, slugs)
    waits = set(waiting)
    if waiting_for:
        chosen, awaited = _beside_awaited(conference, chosen, waiting_for, held, waiting)
        waits |= awaited
    for session in chosen:
        if not late and session.id in begun and session.id not in (*held, *waiting):
            raise _begun(session)
    if not waitlist:
        refuse_overlaps(chosen, held, waits)
    ids = {session.id for session in chosen}
    has = {*held, *waiting}
    missing = [
        slot
        for slot in still_open(conference, begun)
        if not any(session.id in ids for session in slot)
        and not any(session.id in begun and session.id in held for session in slot)
        and (not confirmed or any(session.id in has for session in slot))
    ]
    if missing:
        raise Invalid([_choice_missing(slot) for slot in missing])
    return chosen


def refuse_overlaps(
    sessions: Iterable[Session], held: Collection[int] = (), waits: Collection[int] = ()
) -> None:
    """A place may be kept at the hour of one that is waited for, and two that a change of the
    programme has made overlap may be kept until the person chooses."""
    for first, second in combinations(sessions, 2):
        if (
            first.overlaps(second)
            and (first.id in waits) == (second.id in waits)
            and not (first.id in held and second.id in held)
        ):
            raise SessionsOverlap(
                first=first.title,
                second=second.title,
                extra={"sessions": [first.slug, second.slug]},
            )


def plan_place(
    conference: Conference,
    chosen: Sequence[Session],
    *,
    waitlist: bool,
    waiting_for: Collection[str] = (),
    held: Collection[int] = (),
    waiting: Collection[int] = (),
    begun: Collection[int] = (),
) -> Plan:
    """Where someone who now holds and waits for these sessions sits once `chosen` is granted.

    A seat that is given up only for a session still waited for is kept until that one is granted;
    one in a session that has begun stays, unless its hour is needed. Raises SessionFull, naming
    every full session that the person would not wait for; SessionsOverlap.
    """
    new = [s for s in chosen if s.id not in held and s.id not in waiting]
    full = [session for session in new if session.is_full]
    refused = [s for s in full if not waitlist and s.slug not in waiting_for]
    if refused:
        raise SessionFull(
            titles="; ".join(session.title for session in refused),
            extra={"sessions": [session.slug for session in refused]},
        )
    for session in full:
        if session.id in begun:  # nobody waits for what no place can come free in
            raise _begun(session)
    waits = {s.id for s in full} | {s.id for s in chosen if s.id in waiting}
    refuse_overlaps(chosen, held, waits)
    holds = [session for session in chosen if session.id not in waits]
    awaited = [session for session in chosen if session.id in waits]
    holds += [
        session
        for session in conference.sessions
        if session.id in held
        and session not in chosen
        and (session.id in begun or any(session.overlaps(other) for other in awaited))
        and not any(session.overlaps(other) for other in holds)
    ]
    keeps = {session.id for session in holds}
    return Plan(
        held=tuple(s.id for s in conference.sessions if s.id in keeps),
        waiting=tuple(s.id for s in conference.sessions if s.id in waits),
        status=status_of(conference, keeps, begun),
    )


def status_of(conference: Conference, held: Collection[int], begun: Collection[int] = ()) -> Status:
    """Of someone who registers: confirmed once one of each slot is held in which one must be
    chosen; waiting for anything else changes nothing."""
    slots = still_open(conference, begun)
    return "confirmed" if all(_covered(slot, held) for slot in slots) else "waitlisted"


def status_after(
    conference: Conference,
    was: Status,
    *,
    before: Collection[int],
    held: Collection[int],
    waiting: Collection[int],
) -> Status:
    """Of someone whose seats have changed from `before`. Nobody becomes less than they were because
    the programme changed, or because more was asked for: only by giving a place up. Whoever waits
    is confirmed once all that they asked for was granted, as far as it had not begun by then."""
    slots = conference.must_choose
    missing = [slot for slot in slots if not _covered(slot, held)]
    if not missing:
        return "confirmed"
    if was == "confirmed":
        given_up = any(_covered(slot, before) and _covered(slot, waiting) for slot in missing)
        return "waitlisted" if given_up else "confirmed"
    waits = any(_covered(slot, waiting) for slot in missing)
    return "confirmed" if not waits and len(missing) < len(slots) else "waitlisted"


def released_by(conference: Conference, granted: int, held: Collection[int]) -> tuple[int, ...]:
    """The held seats that make room when a waited-for session is granted."""
    session = conference.by_id[granted]
    return tuple(
        other.id
        for other in conference.sessions
        if other.id in held and other.id != granted and other.overlaps(session)
    )


def _beside_awaited(
    conference: Conference,
    chosen: Sequence[Session],
    waiting_for: Sequence[str],
    held: Collection[int],
    waiting: Collection[int],
) -> tuple[tuple[Session, ...], set[int]]:
    """All that is wanted, in programme order, and the ids of what must be waited for."""
    awaited = _named(conference, waiting_for, "/waiting_for")
    refuse_overlaps(awaited)
    twice = [index for index, slug in enumerate(waiting_for) if slug in {s.slug for s in chosen}]
    if twice:
        raise Invalid([Fault(f"/waiting_for/{twice[0]}", "This session is named twice.")])
    granted = [s for s in awaited if s.id in held or not (s.is_full or s.id in waiting)]
    wanted = {*awaited, *(s for s in chosen if not any(s.overlaps(other) for other in granted))}
    full = {session.id for session in awaited if session not in granted}
    return tuple(session for session in conference.sessions if session in wanted), full


def _named(
    conference: Conference, slugs: Sequence[str], pointer: str = "/sessions"
) -> tuple[Session, ...]:
    faults: list[Fault] = []
    chosen: dict[int, Session] = {}
    for index, slug in enumerate(slugs):
        session = conference.by_slug.get(slug)
        if session is None:
            faults.append(Fault(f"{pointer}/{index}", "There is no such session."))
        elif not session.is_chosen:
            faults.append(
                Fault(
                    f"{pointer}/{index}",
                    "“%(title)s” is for everyone: there is nothing to choose.",
                    {"title": session.title},
                )
            )
        elif session.id in chosen:
            faults.append(Fault(f"{pointer}/{index}", "This session is named twice."))
        else:
            chosen[session.id] = session
    if faults:
        raise Invalid(faults)
    return tuple(session for session in conference.sessions if session.id in chosen)


def _begun(session: Session) -> SessionBegun:
    return SessionBegun(title=session.title, extra={"sessions": [session.slug]})


def _covered(slot: Iterable[Session], sessions: Collection[int]) -> bool:
    return any(session.id in sessions for session in slot)


def _choice_missing(slot: Sequence[Session]) -> Fault:
    return Fault(
        "/sessions",
        "Choose one of the parallel workshops: %(titles)s.",
        {"titles": "; ".join(session.title for session in slot)},
    )

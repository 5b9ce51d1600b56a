"""The rules of choosing sessions, as pure functions over the facts.

Workshops that overlap in time form a group; a person takes one of each group. Other sessions with
a capacity are options. Sessions without one are for everyone and are not chosen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.registration.base.refusals import Fault, Invalid, SessionFull, SessionsOverlap
from services.registration.programme.facts import Conference, Session, Status


@dataclass(frozen=True)
class Plan:
    """Where a person sits once the plan is applied; ids of sessions, in programme order."""

    held: tuple[int, ...]
    waiting: tuple[int, ...]
    status: Status


def workshop_groups(sessions: Iterable[Session]) -> list[tuple[Session, ...]]:
    """The groups of parallel workshops, in the order of the day."""
    groups: list[list[Session]] = []
    for session in sorted(
        (s for s in sessions if s.is_workshop), key=lambda s: (s.starts_at, s.ends_at, s.id)
    ):
        if groups and session.starts_at < max(s.ends_at for s in groups[-1]):
            groups[-1].append(session)
        else:
            groups.append([session])
    return [tuple(group) for group in groups]


def choose(conference: Conference, slugs: Sequence[str]) -> tuple[Session, ...]:
    """The chosen sessions in programme order.

    Raises Invalid for a session that does not exist, is for everyone or is named twice, and for a
    group of workshops without a choice; SessionsOverlap for two at the same time.
    """
    faults: list[Fault] = []
    chosen: dict[int, Session] = {}
    for index, slug in enumerate(slugs):
        session = conference.by_slug.get(slug)
        if session is None:
            faults.append(Fault(f"/sessions/{index}", "There is no such session."))
        elif not session.is_chosen:
            faults.append(
                Fault(
                    f"/sessions/{index}",
                    "“%(title)s” is for everyone: there is nothing to choose.",
                    {"title": session.title},
                )
            )
        elif session.id in chosen:
            faults.append(Fault(f"/sessions/{index}", "This session is named twice."))
        else:
            chosen[session.id] = session
    if faults:
        raise Invalid(faults)
    refuse_overlaps(chosen.values())
    missing = [
        group
        for group in workshop_groups(conference.sessions)
        if not any(session.id in chosen for session in group)
    ]
    if missing:
        raise Invalid([_choice_missing(group) for group in missing])
    return tuple(session for session in conference.sessions if session.id in chosen)


def refuse_overlaps(sessions: Iterable[Session]) -> None:
    for first, second in combinations(sessions, 2):
        if first.overlaps(second):
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
    held: Collection[int] = (),
    waiting: Collection[int] = (),
) -> Plan:
    """Where someone who now holds and waits for these sessions sits once `chosen` is granted.

    A seat that is given up only for a session still waited for is kept until that one is granted.
    Raises SessionFull, naming every full session, when the person would not wait.
    """
    new = [s for s in chosen if s.id not in held and s.id not in waiting]
    full = [session for session in new if session.is_full]
    if full and not waitlist:
        raise SessionFull(
            titles="; ".join(session.title for session in full),
            extra={"sessions": [session.slug for session in full]},
        )
    waits = {s.id for s in full} | {s.id for s in chosen if s.id in waiting}
    holds = [session for session in chosen if session.id not in waits]
    awaited = [session for session in chosen if session.id in waits]
    holds += [
        session
        for session in conference.sessions
        if session.id in held
        and session not in chosen
        and any(session.overlaps(other) for other in awaited)
        and not any(session.overlaps(other) for other in holds)
    ]
    keeps = {session.id for session in holds}
    return Plan(
        held=tuple(s.id for s in conference.sessions if s.id in keeps),
        waiting=tuple(s.id for s in conference.sessions if s.id in waits),
        status=status_of(conference, keeps),
    )


def status_of(conference: Conference, held: Collection[int]) -> Status:
    """Confirmed once a workshop of each group is held; waiting for an option changes nothing."""
    return (
        "confirmed"
        if all(
            any(session.id in held for session in group)
            for group in workshop_groups(conference.sessions)
        )
        else "waitlisted"
    )


def released_by(conference: Conference, granted: int, held: Collection[int]) -> tuple[int, ...]:
    """The held seats that make room when a waited-for session is granted."""
    session = conference.by_id[granted]
    return tuple(
        other.id
        for other in conference.sessions
        if other.id in held and other.id != granted and other.overlaps(session)
    )


def _choice_missing(group: Sequence[Session]) -> Fault:
    return Fault(
        "/sessions",
        "Choose one of the parallel workshops: %(titles)s.",
        {"titles": "; ".join(session.title for session in group)},
    )

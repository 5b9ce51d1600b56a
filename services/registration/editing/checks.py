"""What an organiser should know of a programme before saving it: what will be refused, what looks
like a mistake, what people will notice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import workshop_groups

Weight = Literal["refused", "doubtful", "good to know"]
FIRST_HOUR = 6  # before that, and after midnight, only a party is no surprise


@dataclass(frozen=True)
class Check:
    """`message` is an English msgid over `parameters`, which name titles and rooms."""

    weight: Weight
    message: str
    parameters: dict[str, Any] = field(default_factory=dict)


def checks(planned: Conference, before: Conference | None) -> list[Check]:
    """Everything there is to say, the gravest first."""
    found = [
        *(_against_seats(planned, before) if before else ()),
        *_rooms_used_twice(planned),
        *_odd_times(planned),
        *_parallel_workshops(planned),
        *(_noticed_by_people(planned, before) if before else ()),
    ]
    order = ("refused", "doubtful", "good to know")
    return sorted(found, key=lambda check: order.index(check.weight))


def _against_seats(planned: Conference, before: Conference) -> Iterator[Check]:
    for session in before.sessions:
        after = planned.by_slug.get(session.slug)
        people = session.taken + session.waiting
        if people and (after is None or after.capacity is None):
            yield Check(
                "refused",
                "“%(title)s” has %(people)s people registered or waiting: it can be taken out "
                "only while you tell them.",
                {"title": session.title, "people": people},
            )
        elif after is not None and after.capacity is not None and after.capacity < session.taken:
            yield Check(
                "refused",
                "“%(title)s” already has %(taken)s people: its capacity cannot be %(capacity)s.",
                {"title": after.title, "taken": session.taken, "capacity": after.capacity},
            )


def _rooms_used_twice(planned: Conference) -> Iterator[Check]:
    for first, second in combinations(planned.sessions, 2):
        same_place = (first.room, first.venue) == (second.room, second.venue)
        if first.room and same_place and first.overlaps(second):
            yield Check(
                "doubtful",
                "“%(first)s” and “%(second)s” are both in %(room)s at the same time.",
                {"first": first.title, "second": second.title, "room": first.room},
            )


def _odd_times(planned: Conference) -> Iterator[Check]:
    for session in planned.sessions:
        begin = session.starts_at.astimezone(planned.zone)
        end = session.ends_at.astimezone(planned.zone)
        late = end.date() > planned.date and session.kind != "party"
        if late or begin.hour < FIRST_HOUR:
            yield Check(
                "doubtful",
                "“%(title)s” is in the night, from %(begin)s to %(end)s.",
                {
                    "title": session.title,
                    "begin": begin.strftime("%H:%M"),
                    "end": end.strftime("%H:%M"),
                },
            )
    if planned.closes_at is not None and planned.closes_at > planned.ends_at:
        yield Check("doubtful", "Registration would still be open after the day is over.")
    if planned.opens_at is not None and planned.opens_at > planned.starts_at:
        yield Check("doubtful", "Registration would open only after the day has begun.")


def _parallel_workshops(planned: Conference) -> Iterator[Check]:
    for group in workshop_groups(planned.sessions):
        if len(group) == 1:
            continue
        titles = "; ".join(session.title for session in group)
        if len({(session.starts_at, session.ends_at) for session in group}) > 1:
            yield Check(
                "doubtful",
                "These workshops overlap without having the same times, so that people can choose "
                "only one of them: %(titles)s.",
                {"titles": titles},
            )
        else:
            yield Check(
                "good to know",
                "At the same time, to choose one of: %(titles)s.",
                {"titles": titles},
            )


def _noticed_by_people(planned: Conference, before: Conference) -> Iterator[Check]:
    for session in before.sessions:
        after = planned.by_slug.get(session.slug)
        if after is None:
            continue
        if session.taken and _moved(session, after):
            yield Check(
                "good to know",
                "“%(title)s” changes its time or room, and %(people)s people have a place in it. "
                "Their calendars are not corrected: write to them under Emails.",
                {"title": after.title, "people": session.taken},
            )
        if session.waiting and (after.capacity or 0) > (session.capacity or 0):
            yield Check(
                "good to know",
                "“%(title)s” gets more places: those who wait get them at once, and are told.",
                {"title": after.title},
            )


def _moved(session: Session, after: Session) -> bool:
    return (session.starts_at, session.ends_at, session.room) != (
        after.starts_at,
        after.ends_at,
        after.room,
    )

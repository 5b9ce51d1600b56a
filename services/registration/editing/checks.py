"""What an organiser should know of a programme before saving it: what will be refused, what looks
like a mistake, and whom it concerns. What people will notice is in `notice`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import Any, Literal

from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import workshop_groups
from shared.base.clock import now

Weight = Literal["refused", "doubtful", "good to know"]
FIRST_HOUR = 6  # before that, and after midnight, only a party is no surprise
FAR_OFF = timedelta(days=365)


@dataclass(frozen=True)
class Check:
    """`message` is an English msgid over `parameters`, which name titles, rooms, days and moments;
    with `many`, its plural, they have the number of `people`."""

    weight: Weight
    message: str
    parameters: dict[str, Any] = field(default_factory=dict)
    many: str = ""

    def __str__(self) -> str:
        one = not self.many or self.parameters["people"] == 1
        return (self.message if one else self.many) % self.parameters


@dataclass(frozen=True)
class People:
    """Who is registered and not cancelled: how many, and how many hold both of two sessions."""

    living: int = 0
    of_both: Mapping[frozenset[int], int] = field(default_factory=dict)


NOBODY = People()


def checks(planned: Conference, before: Conference | None, people: People = NOBODY) -> list[Check]:
    """Everything there is to say, the gravest first."""
    found = [
        *(_against_seats(planned, before) if before else ()),
        *_odd_day(planned, before, people),
        *(_held_at_once(planned, before, people) if before else ()),
        *_rooms_used_twice(planned),
        *_odd_times(planned),
        *_odd_registration(planned, before),
        *_parallel_workshops(planned),
        *(_more_places(planned, before) if before else ()),
    ]
    order = ("refused", "doubtful", "good to know")
    return sorted(found, key=lambda check: order.index(check.weight))


def new_overlaps(planned: Conference, before: Conference) -> Iterator[tuple[Session, Session]]:
    """Pairs of sessions that people chose, which would come to take place at the same time."""
    chosen = [session for session in planned.sessions if session.is_chosen and session.taken]
    for first, second in combinations(chosen, 2):
        was = before.by_slug[first.slug], before.by_slug[second.slug]
        if first.overlaps(second) and not was[0].overlaps(was[1]):
            yield first, second


def _against_seats(planned: Conference, before: Conference) -> Iterator[Check]:
    for session in before.sessions:
        after = planned.by_slug.get(session.slug)
        people = session.taken + session.waiting
        seated = session.taken - session.beyond
        if people and after is None:
            yield Check(
                "doubtful",
                "“%(title)s” has %(people)s person registered or waiting: it can be taken out only "
                "while you tell them.",
                {"title": session.title, "people": people},
                many="“%(title)s” has %(people)s people registered or waiting: it can be taken out "
                "only while you tell them.",
            )
        elif people and after is not None and session.is_chosen and not after.is_chosen:
            yield Check(
                "refused",
                "“%(title)s” has %(people)s person registered or waiting: it cannot become one for "
                "everyone.",
                {"title": session.title, "people": people},
                many="“%(title)s” has %(people)s people registered or waiting: it cannot become "
                "one for everyone.",
            )
        elif after is not None and after.capacity is not None and after.capacity < seated:
            yield Check(
                "refused",
                "“%(title)s” already has %(taken)s people: its capacity cannot be %(capacity)s.",
                {"title": after.title, "taken": seated, "capacity": after.capacity},
            )


def _odd_day(planned: Conference, before: Conference | None, people: People) -> Iterator[Check]:
    """A date that is likely to be mistyped, said while it is being set."""
    if before is not None and before.date == planned.date and before.stage != "draft":
        return
    today = now().astimezone(planned.zone).date()
    facts = {"day": planned.date, "people": people.living}
    if planned.date < today and people.living:
        yield Check(
            "doubtful",
            "The day would be in the past, on %(day)s, and %(people)s person is registered.",
            facts,
            many="The day would be in the past, on %(day)s, and %(people)s people are registered.",
        )
    elif planned.date < today:
        yield Check("doubtful", "The day would be in the past, on %(day)s.", facts)
    elif planned.date - today > FAR_OFF and people.living:
        yield Check(
            "doubtful",
            "The day would be more than a year off, on %(day)s, and %(people)s person is "
            "registered.",
            facts,
            many="The day would be more than a year off, on %(day)s, and %(people)s people are "
            "registered.",
        )
    elif planned.date - today > FAR_OFF:
        yield Check("doubtful", "The day would be more than a year off, on %(day)s.", facts)


def _held_at_once(planned: Conference, before: Conference, people: People) -> Iterator[Check]:
    for first, second in new_overlaps(planned, before):
        both = people.of_both.get(frozenset((first.id, second.id)), 0)
        if both:
            yield Check(
                "doubtful",
                "“%(first)s” and “%(second)s” would take place at the same time, and %(people)s "
                "person has a place in both.",
                {"first": first.title, "second": second.title, "people": both},
                many="“%(first)s” and “%(second)s” would take place at the same time, and "
                "%(people)s people have a place in both.",
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


def _odd_registration(planned: Conference, before: Conference | None) -> Iterator[Check]:
    closes_at = planned.closes_at
    moved = before is not None and before.date != planned.date
    if closes_at is not None and closes_at > planned.ends_at:
        yield Check("doubtful", "Registration would still be open after the day is over.")
    elif before is not None and moved and closes_at is not None and closes_at == before.closes_at:
        yield Check(
            "doubtful",
            "Registration still ends on %(moment)s, as for the date before, %(day)s.",
            {"moment": closes_at.astimezone(planned.zone), "day": before.date},
        )
    elif closes_at is not None and closes_at <= now() < planned.ends_at:
        yield Check(
            "doubtful",
            "Registration is over already: it ended on %(moment)s.",
            {"moment": closes_at.astimezone(planned.zone)},
        )
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


def _more_places(planned: Conference, before: Conference) -> Iterator[Check]:
    for session in before.sessions:
        after = planned.by_slug.get(session.slug)
        if after is not None and after.is_chosen and session.waiting and after.free > session.free:
            yield Check(
                "good to know",
                "“%(title)s” gets more places: those who wait get them at once, and are told.",
                {"title": after.title},
            )

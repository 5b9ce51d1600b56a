"""The workshops as a form offers them: what overlaps stands together, and what has begun is offered
to nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from starlette.datastructures import FormData

from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import still_open, workshop_groups

WAIT = "wait:"  # before a session that was shown as full, and chosen to be waited for


@dataclass(frozen=True)
class Choice:
    """Workshops that overlap. `one`: of them only one can be chosen; `required`: something must
    be."""

    sessions: tuple[Session, ...]
    one: bool
    required: bool

    @property
    def starts_at(self) -> datetime:
        return min(session.starts_at for session in self.sessions)

    @property
    def ends_at(self) -> datetime:
        return max(session.ends_at for session in self.sessions)


def choices_of(
    conference: Conference,
    now: datetime,
    *,
    held: Collection[str] = (),
    waiting: Collection[str] = (),
    confirmed: bool = False,
    late: bool = False,
) -> list[Choice]:
    """One for each group of workshops, without sessions when nothing of it can be joined.

    Whoever is `confirmed` and has nothing at that time need not choose: it was added later.
    `late`: what has begun is offered all the same, by staff, while it has a place: nobody waits for
    it.
    """
    begun = conference.begun(now)
    slots = still_open(conference, begun)
    has = {*held, *waiting}
    found = []
    for group in workshop_groups(conference.sessions):
        shown = tuple(
            s for s in group if s.id not in begun or s.slug in held or (late and not s.is_full)
        )
        apart = any(not one.overlaps(two) for one, two in combinations(shown, 2))
        both = sum(session.slug in held for session in shown) > 1
        asked = [slot for slot in slots if any(session in slot for session in group)]
        excused = confirmed and not any(s.slug in has for slot in asked for s in slot)
        found.append(Choice(shown, one=not (apart or both), required=bool(asked) and not excused))
    return found


def chosen_sessions(form: FormData, conference: Conference, prefix: str = "") -> set[str]:
    """The choices as sent; one that was shown as full begins with WAIT."""
    chosen: set[str] = set()
    for number in range(len(workshop_groups(conference.sessions))):
        chosen.update(_texts(form, f"{prefix}workshop-{number}"))
    chosen.update(_texts(form, f"{prefix}option"))
    return chosen - {""}


def told_apart(choices: Collection[str]) -> tuple[list[str], list[str]]:
    """What is wanted now, and what is to be waited for."""
    awaited = sorted(each.removeprefix(WAIT) for each in choices if each.startswith(WAIT))
    return sorted(each for each in choices if not each.startswith(WAIT)), awaited


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]

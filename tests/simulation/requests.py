"""What people and the organiser ask for, and what they were told."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.registration.base.person import PersonChange
from services.registration.base.refusals import Refusal
from services.registration.day.attendance import Passage, scan
from services.registration.day.presence import Direction
from services.registration.day.verdict import RECORDED
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import SYSTEM
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.programme.document import Programme, parse_programme
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from tests.registration.days import programme_text, someone
from tests.simulation.world import World

DAY = date(2026, 6, 1)
MIDNIGHT = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Paris"))
WORKSHOPS = ("a", "b", "c")
SESSIONS = (*WORKSHOPS, "party")
CAPACITIES = (2, 1, 1, 3)


# Pure, and slow: YAML is read in Python.
parsed = lru_cache(maxsize=None)(parse_programme)


@lru_cache
def programme(capacities: tuple[int, ...], venue: int = 0) -> Programme:
    """The day, with these places for SESSIONS, in the hall of that number."""
    *workshops, party = capacities
    text = programme_text(*workshops).replace("capacity: 3}", f"capacity: {party}}}")
    return parse_programme(text.replace("The hall", f"Hall {venue}"), on=DAY)


@dataclass(frozen=True)
class Request:
    """Of the person of that number: `register`, `change`, `correct`, `erase` or `cancel`; of a door
    that they come through: to scan them `in` or `out`, so many minutes after midnight; of the
    organiser: `resize` a session, `move` the day to another hall and tell, `call off` the day."""

    what: str
    person: int = 0
    sessions: tuple[str, ...] = ()
    waits: bool = False
    number: int = 0

    def __str__(self) -> str:
        where = " and ".join(self.sessions)
        waiting = ", and to wait" if self.waits else ""
        of_person = {
            "register": f"register for {where}{waiting}",
            "change": f"move to {where}{waiting}",
            "correct": "have their address corrected",
            "erase": "be erased",
            "cancel": "cancel",
        }
        if self.what in of_person:
            return f"person {self.person}’s wish to {of_person[self.what]}"
        if self.what in ("in", "out"):
            door = where or "the day"
            return f"the door of {door} to scan person {self.person} {self.what}"
        of_organiser = {
            "resize": f"that {where} hold {self.number}",
            "move": f"to tell that the day is in hall {self.number}",
            "call off": "to cancel the day",
        }
        return f"the organiser’s wish {of_organiser[self.what]}"

    def about(self, answers: "Answers") -> Iterable[object]:
        known = answers.registrations.get(self.person)
        return (f"person {self.person}", *([known] if known else ()), *self.sessions)


@dataclass
class Answers:
    """`told`: the registrations that a key was answered with; of one that was never answered it may
    be any. `refused`: persons who were told no. `open`: of each person, how often they still ask to
    be registered; while they do they are not erased, for a repeated request is a new one then.
    `passed`: registration, door, direction and moment of each scan that was answered."""

    world: World
    told: dict[str, set[str]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    registrations: dict[int, str] = field(default_factory=dict)
    open: Counter[int] = field(default_factory=Counter)
    codes: dict[int, str] = field(default_factory=dict)
    passed: set[tuple[str, str, str, datetime]] = field(default_factory=set)

    def ask(self, desk: Desk, request: Request) -> None:
        world = self.world
        world.tell(f"is asked for {request}", *request.about(self))
        try:
            if request.what in ("resize", "move", "call off"):
                self._do_for_organiser(desk, request)
            else:
                self._do(desk, request)
        except Refusal as refusal:
            if request.what == "register":
                self.refused.add(request.person)
            world.tell(f"refuses {request}: {type(refusal).__name__}", *request.about(self))

    def asked(self, request: Request) -> None:
        """It was answered, or is not asked again."""
        if request.what == "register":
            self.open[request.person] -= 1

    def _do(self, desk: Desk, request: Request) -> None:
        person = request.person
        known = self.registrations.get(person)
        match request.what:
            case "register":
                key = f"key-{person}"
                wanted = someone(person, *request.sessions, waitlist=request.waits, key=key)
                told = register(desk, "day", wanted)
                self.told.setdefault(key, set()).add(told.id)
                self.registrations[person], self.codes[person] = told.id, told.code
                self.world.tell(f"answers person {person}: {told.status}", told.id)
            case "change" if known:
                change(desk, known, Change(request.sessions, waitlist=request.waits))
            case "correct" if known:
                email = f"z{person}.{request.number}@example.org"
                correct(desk, known, Correction(PersonChange(email=email)))
            case "erase" if known and not self.open[person]:
                erase(desk, known)
            case "cancel" if known:
                cancel(desk, known)
            case "in" | "out" if known:
                self._scan(desk, request, "in" if request.what == "in" else "out")

    def _scan(self, desk: Desk, request: Request, direction: Direction) -> None:
        at = MIDNIGHT + timedelta(minutes=request.number)
        door = request.sessions[0] if request.sessions else None
        passage = Passage(self.codes[request.person], direction, door, at)
        scanned = scan(desk, "day", passage)
        if scanned.record is not None and scanned.verdict.kind in RECORDED:
            self.passed.add((scanned.record.id, door or "", direction, at))

    def _do_for_organiser(self, desk: Desk, request: Request) -> None:
        match request.what:
            case "resize":
                set_capacity(desk, "day", request.sessions[0], request.number)
            case "move":
                now = desk.programmes.fresh("day").by_slug
                capacities = tuple(now[each].capacity or 0 for each in SESSIONS)
                save_programme(desk, programme(capacities, request.number), Saving(tell=True))
            case "call off":
                cancel_day(desk, "day", "It snows.", SYSTEM)


def draw(
    pick: Callable[[int], int], webs: int, answers: Answers, *, at_doors: bool
) -> list[list[Request]]:
    """What each web process is asked for; some of it is asked of all of them."""
    shares: list[list[Request]] = [[] for _ in range(webs)]

    def give(request: Request) -> None:
        to = pick(webs + 1)
        for number, share in enumerate(shares):
            if to in (number, webs):
                share.append(request)
                answers.open[request.person] += request.what == "register"

    for number in range(3 + pick(7)):
        sessions = [WORKSHOPS[pick(3)], *(["party"] if pick(3) == 1 else [])]
        give(Request("register", number, tuple(sessions), waits=pick(3) != 0))
        for _ in range(1 + pick(3)):
            at_door = at_doors and pick(2) == 1
            give(_at_door(pick, number) if at_door else _next(pick, number))
    if pick(6) == 1:
        shares[0].insert(pick(len(shares[0]) + 1), Request("call off"))
    return shares


def _next(pick: Callable[[int], int], people: int) -> Request:
    what, who = pick(12), pick(people + 1)
    match what:
        case 0 | 1:
            return Request("cancel", who)
        case 2 | 3:
            return Request("resize", sessions=(SESSIONS[pick(4)],), number=1 + pick(4))
        case 4:
            return Request("erase", who)
        case 5:
            return Request("correct", who, number=pick(3))
        case 6:
            return Request("move", number=1 + people)
    return Request("change", who, (WORKSHOPS[pick(3)],), waits=pick(4) != 0)


def _at_door(pick: Callable[[int], int], people: int) -> Request:
    door = ((), ("a",), ("b",))[pick(3)]
    return Request(("in", "in", "out")[pick(3)], pick(people + 1), door, number=pick(30))

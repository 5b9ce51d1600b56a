"""What people and the organiser ask for, and what they were told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.registration.base.refusals import Refusal
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.simulation.world import World

WORKSHOPS = ("a", "b", "c")
SESSIONS = (*WORKSHOPS, "party")
CAPACITIES = (2, 1, 1)


@dataclass(frozen=True)
class Request:
    """`register`, `change` or `cancel` of the person of that number, or `resize` of a session."""

    what: str
    person: int = 0
    sessions: tuple[str, ...] = ()
    waits: bool = False
    capacity: int = 0

    def __str__(self) -> str:
        where = " and ".join(self.sessions)
        waiting = ", and to wait" if self.waits else ""
        match self.what:
            case "register":
                return f"person {self.person}’s wish to register for {where}{waiting}"
            case "change":
                return f"person {self.person}’s wish to move to {where}{waiting}"
            case "cancel":
                return f"person {self.person}’s wish to cancel"
        return f"the organiser’s wish that {where} hold {self.capacity}"

    def about(self, answers: "Answers") -> Iterable[object]:
        known = answers.registrations.get(self.person)
        return (f"person {self.person}", *([known] if known else ()), *self.sessions)


@dataclass
class Answers:
    """`told`: the registrations that a key was answered with; of one that was never answered it may
    be any. `refused`: persons who were told no."""

    world: World
    told: dict[str, set[str]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    registrations: dict[int, str] = field(default_factory=dict)

    def ask(self, desk: Desk, request: Request) -> None:
        world = self.world
        world.tell(f"is asked for {request}", *request.about(self))
        try:
            self._do(desk, request)
        except Refusal as refusal:
            if request.what == "register":
                self.refused.add(request.person)
            world.tell(f"refuses {request}: {type(refusal).__name__}", *request.about(self))

    def _do(self, desk: Desk, request: Request) -> None:
        known = self.registrations.get(request.person)
        match request.what:
            case "register":
                key = f"key-{request.person}"
                wanted = someone(request.person, *request.sessions, waitlist=request.waits, key=key)
                told = register(desk, "day", wanted)
                self.told.setdefault(key, set()).add(told.id)
                self.registrations[request.person] = told.id
                self.world.tell(f"answers person {request.person}: {told.status}", told.id)
            case "resize":
                set_capacity(desk, "day", request.sessions[0], request.capacity)
            case "change" if known:
                change(desk, known, Change(request.sessions, waitlist=request.waits))
            case "cancel" if known:
                cancel(desk, known)


def draw(pick: Callable[[int], int], webs: int) -> list[list[Request]]:
    """What each web process is asked for; some of it is asked of all of them."""
    shares: list[list[Request]] = [[] for _ in range(webs)]

    def give(request: Request) -> None:
        to = pick(webs + 1)
        for number, share in enumerate(shares):
            if to in (number, webs):
                share.append(request)

    for number in range(3 + pick(7)):
        sessions = [WORKSHOPS[pick(3)], *(["party"] if pick(3) == 1 else [])]
        give(Request("register", number, tuple(sessions), waits=pick(3) != 0))
        for _ in range(1 + pick(3)):
            what, who = pick(5), pick(number + 1)
            if what == 0:
                give(Request("cancel", who))
            elif what == 1:
                session, capacity = SESSIONS[pick(4)], 1 + pick(4)
                give(Request("resize", sessions=(session,), capacity=capacity))
            else:
                workshop = (WORKSHOPS[pick(3)],)
                give(Request("change", who, workshop, waits=pick(4) != 0))
    return shares

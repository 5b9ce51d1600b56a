"""A roster: a list of people to register. Each row is judged before anybody is registered, and
nobody's row is kept before an organiser said yes."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.base.person import person_key
from services.registration.base.refusals import AlreadyRegistered, Fault
from services.registration.batches.batch import Item, Reasons, begin
from services.registration.batches.working import reason_of, reasons_of
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.lists.people import Listed
from services.registration.lists.remembering import forget, note_use, remember
from services.registration.programme.facts import Conference, Session
from shared.base.transactions import retried

# register: it will be. known: it is already. refused: it cannot be. held: its status says no.
# doubtful: it waits for an answer. out: somebody answered that it is left out.
Verdict = Literal["register", "known", "refused", "held", "doubtful", "out"]

_DOUBTFUL = "This row is doubtful: correct it in the file."
_HELD_BACK = "The list says “%(status)s”: this row is not registered."


@dataclass(frozen=True)
class Answers:
    """What an organiser said to a preview, by the number of a row.

    `taken`: register it whatever its status says. `readings`: which of the readings its nth doubt
    has, None to leave the row out.
    """

    taken: frozenset[int] = frozenset()
    readings: Mapping[tuple[int, int], int | None] = field(default_factory=dict)


NO_ANSWERS = Answers()


@dataclass(frozen=True)
class Checked:
    """A row of the file: what to register, or why it is not."""

    listed: Listed
    given: dict[str, Any]
    verdict: Verdict = "register"
    reasons: Reasons = ()

    @property
    def number(self) -> int:
        return self.listed.number

    @property
    def item(self) -> Item:
        outcome = None if self.verdict == "register" else "refused"
        return Item(self.number, given=self.given, outcome=outcome, reasons=self.reasons)  # type: ignore[arg-type]  # a literal


@dataclass(frozen=True)
class Demand:
    """How many of those who would be registered want a session, and how many of these find none of
    its places."""

    session: Session
    wanted: int
    too_many: int


def check_roster(
    rows: Sequence[Listed], registered: Collection[str], answers: Answers = NO_ANSWERS
) -> list[Checked]:
    """Every row, checked against the answers, the file itself and the keys of who is registered
    already."""
    return _without_repetitions([_check(row, answers) for row in rows], registered)


def registered_keys(connection: Connection, conference: Conference) -> set[str]:
    """Of everybody who has not cancelled."""
    keys = connection.execute(
        select(tables.Registration.email_key).where(
            tables.Registration.conference_id == conference.id,
            tables.Registration.status != "cancelled",
        )
    ).scalars()
    return {key for key in keys if key}


def demands(conference: Conference, checked: Iterable[Checked]) -> list[Demand]:
    """For each session that somebody wants; `waiting_for` is a wish too."""
    wanted = Counter(
        slug for row in checked if row.verdict == "register" for slug in wishes(row.given)
    )
    return [
        Demand(session, wanted[session.slug], max(0, wanted[session.slug] - session.free))
        for session in conference.sessions
        if session.slug in wanted
    ]


def without_place(conference: Conference, checked: Iterable[Checked], *, waitlist: bool) -> int:
    """How many people find a session full, when they come in the order of the file. Without
    `waitlist` whoever waits for what they named for that is none of them: they are registered."""
    free = {session.slug: session.free for session in conference.sessions}
    late = 0
    for row in checked:
        if row.verdict != "register":
            continue
        slugs = [slug for slug in wishes(row.given) if slug in free]
        counted = slugs if waitlist else row.given["sessions"]
        late += any(free.get(slug, 1) < 1 for slug in counted)
        for slug in slugs:
            free[slug] -= 1
    return late


def wishes(given: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys((*given["sessions"], *given["waiting_for"])))


def outcome_of(conference: Conference, checked: Sequence[Checked]) -> str:
    """A fingerprint of what a preview shows: another one when the day or its people changed so
    that something else would happen."""
    told = [
        *((row.number, row.verdict) for row in checked),
        *((each.session.slug, each.too_many) for each in demands(conference, checked)),
        *((session.slug, session.starts_at) for session in conference.sessions),
    ]
    return sha256(repr(told).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Yes:
    """To register the rows of a list: said by whom, under which id. `shape` is that of the file, ""
    when it has none; `columns` what its columns were taken for, None when that was as usual."""

    actor: Actor
    batch_id: str
    waitlist: bool
    shape: str
    columns: Mapping[int, str] | None = None


@retried
def register_roster(
    desk: Desk, conference: Conference, checked: Sequence[Checked], yes: Yes
) -> None:
    """Have the worker register whoever can be; the rows that cannot be are kept with their reasons
    as long as the batch is. A second yes is harmless."""
    items = [row.item for row in checked if row.verdict in ("register", "known", "refused")]
    options = {"waitlist": yes.waitlist}
    with desk.database.begin() as connection:
        if not begin(connection, conference, yes.batch_id, "register", options, yes.actor, items):
            return
        if not yes.shape:
            return
        if yes.columns is None:
            note_use(connection, yes.shape)
        else:
            remember(connection, conference, yes.shape, yes.columns, yes.actor)


@retried
def forget_columns(desk: Desk, conference: Conference, shape: str, actor: Actor) -> None:
    """Files of this shape are guessed again; a second time is harmless."""
    with desk.database.begin() as connection:
        forget(connection, conference, shape, actor)


def _check(row: Listed, answers: Answers) -> Checked:
    if row.reasons:
        return Checked(row, row.given, "refused", row.reasons)
    if row.status and row.held_back and row.number not in answers.taken:
        why = {"message": _HELD_BACK, "parameters": {"status": row.status.written}}
        return Checked(row, row.given, "held", (why,))
    if not row.doubts:
        return Checked(row, row.given)
    return _answered(row, answers)


def _answered(row: Listed, answers: Answers) -> Checked:
    """A doubtful row, as somebody said that it is to be read."""
    why = ({"message": _DOUBTFUL, "parameters": {}},)
    readings = []
    for index, doubt in enumerate(row.doubts):
        answer = answers.readings.get((row.number, index), -1)
        if answer is None:
            return Checked(row, row.given, "out", why)
        if not 0 <= answer < len(doubt.readings):
            return Checked(row, row.given, "doubtful", why)
        readings.append(doubt.readings[answer])
    read = row.read_as(*readings)
    return Checked(row, read.given, "refused" if read.reasons else "register", read.reasons)


def _without_repetitions(checked: list[Checked], registered: Collection[str]) -> list[Checked]:
    seen: dict[str, int] = {}
    out = []
    for row in checked:
        if row.verdict != "register":
            out.append(row)
            continue
        person = row.given["person"]
        key = person_key(person["email"], person["first_name"], person["last_name"])
        if key in registered:
            out.append(replace(row, verdict="known", reasons=reasons_of(AlreadyRegistered())))
        elif key in seen:
            fault = Fault("/email", "This person is in row %(row)s already.", {"row": seen[key]})
            out.append(replace(row, verdict="refused", reasons=[reason_of(fault)]))
        else:
            seen[key] = row.number
            out.append(row)
    return out

"""The people of a list: what each row gives, what is doubtful in it, and why it cannot be used."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from services.registration.base.person import Person
from services.registration.base.refusals import Fault, Invalid, Refusal
from services.registration.lists.addresses import address_in
from services.registration.lists.choices import Choices
from services.registration.lists.columns import SESSION, Assignment, language_of
from services.registration.lists.doubts import Doubt, Doubts, Reading
from services.registration.lists.statuses import Status, says_yes, standing_of
from services.registration.lists.table import Row, Table
from services.registration.lists.ticks import likelier, ticked
from services.registration.programme.facts import Conference
from services.registration.seats.rules import choose
from shared.base.clock import now

_PERSON = ("last_name", "first_name", "full_name", "email", "organisation", "job_title")


@dataclass(frozen=True)
class Listed:
    """A row of a list. `given` is what would be registered: {"person": …, "sessions": […],
    "waiting_for": […]}, read in the likeliest way where there are doubts. With `reasons` it cannot
    be; with `doubts`, not before each has its answer; with a status that holds back, when somebody
    asks for it. `judge` tells what speaks against sessions, and others that are waited for."""

    number: int
    given: dict[str, Any]
    status: Status | None = None
    doubts: tuple[Doubt, ...] = ()
    reasons: tuple[dict[str, Any], ...] = ()
    judge: "_Judge | None" = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def held_back(self) -> bool:
        return self.status is not None and self.status.holds_back

    def read_as(self, *readings: Reading) -> "Listed":
        """The same with the doubts answered, each by a reading; checked again."""
        said: dict[str, Any] = {}
        for reading in readings:
            said |= reading
        ticks = {name: said.pop(name) for name in [*said] if name.startswith(SESSION)}
        person, reasons = _checked({**self.given["person"], **said})
        kept = tuple(reason for reason in self.reasons if reason.get("field") not in person)
        given = {**self.given, "person": person}
        if ticks:
            come = (name.removeprefix(SESSION) for name, tick in ticks.items() if tick == "yes")
            given["sessions"] = list(dict.fromkeys((*given["sessions"], *come)))
            if self.judge and not kept:
                kept = tuple(self.judge(given["sessions"], given["waiting_for"]))
        return replace(self, given=given, doubts=(), reasons=(*reasons, *kept))


_Judge = Callable[[Sequence[str], Sequence[str]], list[dict[str, Any]]]


def people(table: Table, assignment: Assignment, conference: Conference) -> list[Listed]:
    """Every row of the list, in its order."""
    return _Reader(table, assignment, conference).listed()


class _Reader:
    def __init__(self, table: Table, assignment: Assignment, conference: Conference) -> None:
        self._table = table
        self._conference = conference
        self._choices = Choices(conference)
        self._begun = conference.begun(now())
        self._places: dict[str, list[int]] = {}
        for place, field in sorted(assignment.items()):
            self._places.setdefault(field, []).append(place)

    def listed(self) -> list[Listed]:
        cells = [self._person(row) for row in self._table.rows]
        either = (self._table.encoding, self._table.otherwise)
        whole = " ".join(
            column.title
            for column in self._table.columns
            if column.place in self._places.get("full_name", ())
        )
        doubts = Doubts(
            cells,
            either if self._table.otherwise else None,
            whole,
            certain=self._table.is_certain,
        )
        return [
            self._read(row, *doubts.of(person))
            for row, person in zip(self._table.rows, cells, strict=True)
        ]

    def _person(self, row: Row) -> dict[str, str]:
        """What is written of a person, each field on one line."""
        said = {field: self._said(row, field) for field in _PERSON if field in self._places}
        if "email" in said:
            said["email"] = address_in(said["email"])
        return said

    def _said(self, row: Row, field: str) -> str:
        cells = (row.cells[place] for place in self._places.get(field, ()))
        return next((" ".join(cell.split()) for cell in cells if cell), "")

    def _read(self, row: Row, person: dict[str, str], doubts: tuple[Doubt, ...]) -> Listed:
        language = self._said(row, "language")
        locale = language_of(language) or self._conference.language
        if language and not language_of(language):
            doubts += (_language_doubt(language, locale),)
        fields = dict.fromkeys(
            ("last_name", "first_name", "email", "organisation", "job_title"), ""
        )
        checked, reasons = _checked({**fields, **person, "locale": locale})
        hopeless = [doubt for doubt in doubts if not doubt.readings]
        if hopeless:  # says more than what is wrong with its field
            reasons = [{"message": d.message, "parameters": dict(d.parameters)} for d in hopeless]
        chosen, unknown = self._named(row, "sessions")
        waiting, unknown_too = self._named(row, "waiting_for")
        ticks, asked = self._ticks(row)
        sessions = [each for each in dict.fromkeys((*chosen, *ticks)) if each not in waiting]
        reasons += [self._no_session(name) for name in (*unknown, *unknown_too)]
        status = self._status(row)
        doubts += asked
        # With a tick that is not known, whoever answers is told.
        if not reasons and not asked and not (status and status.holds_back):
            reasons += self._refusals(sessions, waiting)
        if status and status.standing is None:
            why = "It is not known what “%(written)s” means for a registration."
            said = {"written": status.written}
            doubts += (Doubt("status", status.written, ({},), why, said),)
        given = {"person": checked, "sessions": sessions, "waiting_for": waiting}
        return Listed(row.number, given, status, doubts, tuple(reasons), self._refusals)

    def _named(self, row: Row, field: str) -> tuple[list[str], list[str]]:
        slugs: dict[str, None] = {}
        unknown: list[str] = []
        for place in self._places.get(field, ()):
            chosen = self._choices.in_cell(row.cells[place])
            slugs |= dict.fromkeys(chosen.slugs)
            unknown += chosen.unknown
        return list(slugs), unknown

    def _ticks(self, row: Row) -> tuple[list[str], tuple[Doubt, ...]]:
        """The sessions that are ticked, and those of which nobody knows."""
        slugs, doubts = [], []
        for name, places in self._places.items():
            if not name.startswith(SESSION):
                continue
            slug = name.removeprefix(SESSION)
            said = {row.cells[at]: self._says(row.cells[at], slug) for at in places}
            if True in said.values():
                slugs.append(slug)
            elif odd := next((cell for cell, yes in said.items() if yes is None), ""):
                doubts.append(self._tick_doubt(name, odd))
        return slugs, tuple(doubts)

    def _says(self, cell: str, slug: str) -> bool | None:
        """A cell may also name the session that its column is of."""
        return ticked(cell) if slug not in self._choices.in_cell(cell).slugs else True

    def _tick_doubt(self, name: str, cell: str) -> Doubt:
        session = self._conference.by_slug[name.removeprefix(SESSION)]
        first = likelier(cell)
        readings = ({name: first}, {name: "no" if first == "yes" else "yes"})
        why = "It is not known what “%(written)s” means for “%(session)s”."
        return Doubt(name, cell, readings, why, {"written": cell, "session": session.title})

    def _no_session(self, name: str) -> dict[str, Any]:
        if self._choices.is_of_several(name):
            return _reason(
                Fault(
                    "/sessions",
                    "Several sessions are called “%(name)s”: their short names tell them apart.",
                    {"name": name},
                )
            )
        return _reason(Fault("/sessions", "There is no session called “%(name)s”.", {"name": name}))

    def _status(self, row: Row) -> Status | None:
        """The worst of what is said."""
        found = [
            Status(cell, standing_of(cell), heading) for cell, heading in self._cells(row, "status")
        ]
        found += [
            Status(cell, "unpaid", heading)
            for cell, heading in self._cells(row, "paid")
            if says_yes(cell) is False
        ]
        found += [
            Status(cell, "cancelled", heading)
            for cell, heading in self._cells(row, "cancelled")
            if says_yes(cell) is not False  # a yes, or a date
        ]
        return next((s for s in found if s.holds_back), found[0] if found else None)

    def _cells(self, row: Row, field: str) -> list[tuple[str, str]]:
        """Those that say something, each with its heading."""
        places = self._places.get(field, ())
        columns = self._table.columns
        return [(row.cells[at], columns[at].title) for at in places if row.cells[at]]

    def _refusals(self, sessions: Sequence[str], waiting: Sequence[str]) -> list[dict[str, Any]]:
        begun = self._begun
        try:
            choose(self._conference, sessions, waiting_for=waiting, begun=begun, late=True)
        except Invalid as refusal:
            return [_reason(fault) for fault in refusal.faults]
        except Refusal as refusal:
            return [{"message": refusal.message, "parameters": refusal.parameters}]
        return []


def _language_doubt(written: str, likely: str) -> Doubt:
    others = [code for code in ("fr", "en") if code != likely]
    readings = tuple({"locale": code} for code in (likely, *others))
    why = "“%(written)s” is a language that no email is written in."
    return Doubt("language", written, readings, why, {"written": written})


def _checked(person: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """As it would be stored; and for each field that cannot be, why."""
    try:
        return Person.model_validate(person).model_dump(), []
    except ValidationError as error:
        return person, [
            {
                "field": str(problem["loc"][0]),
                "error": {"type": problem["type"], "ctx": _plain(problem.get("ctx"))},
            }
            for problem in error.errors()
        ]


def _reason(fault: Fault) -> dict[str, Any]:
    return {"message": fault.message, "parameters": fault.parameters}


def _plain(context: Any) -> dict[str, Any]:
    """Of pydantic's context, what a sentence about it needs."""
    return {k: v for k, v in (context or {}).items() if isinstance(v, str | int)}

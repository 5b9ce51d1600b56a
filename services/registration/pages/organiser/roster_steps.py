"""What the steps of an import show: the columns of a list, then what its rows would do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from starlette.datastructures import FormData

from services.registration.lists.columns import (
    FIELDS,
    SESSION,
    SEVERAL,
    guess_columns,
    missing_fields,
    unread_columns,
)
from services.registration.lists.people import Listed, people
from services.registration.lists.remembering import Remembered, recall
from services.registration.lists.table import Column, Table, shape_of
from services.registration.pages.organiser.list_words import column_in_words
from services.registration.people.roster import (
    Answers,
    Checked,
    Demand,
    Verdict,
    check_roster,
    demands,
    outcome_of,
    registered_keys,
    without_place,
)
from services.registration.programme.facts import Conference
from shared.base.database import Database
from shared.http.numbers import row_number
from shared.pages.visit import typed
from shared.words.language import Language

_SAMPLES = 3
_LONGEST_SAMPLE = 60  # letters


@dataclass(frozen=True)
class Columns:
    """What the columns of a list are taken for, now and as usual: as somebody said of files of this
    shape, or as is guessed."""

    table: Table
    conference: Conference
    taken: Mapping[int, str]
    usual: Mapping[int, str]
    remembered: Remembered | None

    @classmethod
    def read(
        cls, database: Database, conference: Conference, table: Table, form: FormData
    ) -> "Columns":
        """As the form says, where it says anything."""
        shape = shape_of(table)
        with database.read() as connection:
            remembered = recall(connection, conference, shape) if shape else None
        usual = remembered.fields if remembered else guess_columns(table, conference)
        typed_in = {
            column.place: typed(form, f"column-{column.place}")
            for column in table.columns
            if f"column-{column.place}" in form
        }
        known = {*FIELDS, *(SESSION + slug for slug in conference.by_slug)}
        chosen = {place: field for place, field in typed_in.items() if field in known}
        return cls(table, conference, chosen if typed_in else usual, usual, remembered)

    @cached_property
    def rows(self) -> Sequence[Listed]:
        return people(self.table, self.taken, self.conference)

    @property
    def shape(self) -> str:
        return shape_of(self.table)

    @property
    def said_by_hand(self) -> Mapping[int, str] | None:
        """None when it is as usual."""
        return None if dict(self.taken) == dict(self.usual) else self.taken

    @property
    def unread(self) -> tuple[Column, ...]:
        return unread_columns(self.table, self.taken)

    @property
    def samples(self) -> Iterator[tuple[Column, list[str]]]:
        """Those that have a title or hold something, with a few of their values."""
        for column in self.table.columns:
            values = (row.cells[column.place] for row in self.table.rows)
            distinct = list(dict.fromkeys(filter(None, values)))[:_SAMPLES]
            if column.title or distinct:
                yield column, [_cut(" ".join(value.split())) for value in distinct]

    def faults(self, language: Language) -> list[str]:
        """What must be changed before the rows can be read."""
        counts = Counter(field for field in self.taken.values() if not _may_repeat(field))
        gettext = language.gettext
        said = [
            gettext("Several columns are taken for “%(name)s”: choose one of them.")
            % {"name": name}
            for field, count in counts.items()
            if count > 1
            for name in [column_in_words(field, self.conference, language)]
        ]
        if missing := missing_fields(self.taken):
            names = [column_in_words(field, self.conference, language) for field in missing]
            words = gettext("Say which column this is: %(names)s.")
            said.append(words % {"names": ", ".join(names)})
        return said


@dataclass(frozen=True)
class Preview:
    """What would happen to each row under these answers. `outcome` is a fingerprint of what would
    happen without any: another one when the day changed meanwhile."""

    checked: Sequence[Checked]
    answers: Answers
    outcome: str
    demands: Sequence[Demand]
    without_place: int

    @classmethod
    def read(
        cls, database: Database, columns: Columns, answers: Answers, *, waitlist: bool = False
    ) -> "Preview":
        conference = columns.conference
        rows = columns.rows
        with database.read() as connection:
            registered = registered_keys(connection, conference)
        unanswered = check_roster(rows, registered)
        checked = check_roster(rows, registered, answers)
        return cls(
            checked,
            answers,
            outcome_of(conference, unanswered),
            demands(conference, checked),
            without_place(conference, checked, waitlist=waitlist),
        )

    def of(self, *verdicts: Verdict) -> list[Checked]:
        return [row for row in self.checked if row.verdict in verdicts]

    @property
    def held(self) -> list[Checked]:
        """Whose status says that they are not to be registered, ticked or not."""
        return [row for row in self.checked if row.listed.held_back and not row.listed.reasons]

    @property
    def asked(self) -> list[Checked]:
        """Whose doubts want an answer, or have one."""
        return [
            row
            for row in self.checked
            if row.listed.doubts and not row.listed.held_back and not row.listed.reasons
        ]


def answers_to_all(rows: Iterable[Listed], answers: Answers, reading: int | None) -> Answers:
    """Each doubt that is asked about read in this way; where it has no such reading, left out."""
    readings = {
        (row.number, nth): reading if doubt.readings else None
        for row in rows
        if not row.held_back
        for nth, doubt in enumerate(row.doubts)
    }
    return replace(answers, readings={**answers.readings, **readings})


def answers_in(form: FormData) -> Answers:
    """As the preview sends them: `take` a row, `doubt-ROW-NTH` a reading or `out`."""
    ticked = (_number(value) for value in form.getlist("take"))
    taken = frozenset(number for number in ticked if number is not None)
    readings: dict[tuple[int, int], int | None] = {}
    for name, value in form.multi_items():
        match name.split("-"):
            case ["doubt", row, nth]:
                which, reading = (_number(row), _number(nth)), _number(value)
                if None not in which and (value == "out" or reading is not None):
                    readings[which] = reading  # type: ignore[index]  # neither is None
    return Answers(taken, readings)


def _number(typed_in: object) -> int | None:
    return row_number(typed_in) if isinstance(typed_in, str) else None


def _may_repeat(field: str) -> bool:
    return field in SEVERAL or field.startswith(SESSION)


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST_SAMPLE else f"{value[:_LONGEST_SAMPLE]}…"

"""What each column is taken for: by its title, and by what it holds."""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, get_args

from services.registration.lists.addresses import ADDRESS_IN
from services.registration.lists.choices import Choices
from services.registration.lists.share import share
from services.registration.lists.statuses import says_yes, standing_of
from services.registration.lists.table import Column, Table, words_of
from services.registration.lists.ticks import are_seats, ticked
from services.registration.lists.titles import Field, meanings
from services.registration.lists.unnamed import name_columns
from services.registration.programme.facts import Conference, Session
from shared.words.folding import folded

Assignment = Mapping[int, str]  # fields by the place of their column; SESSION for one to tick

FIELDS: tuple[Field, ...] = get_args(Field)
SESSION = "session:"  # before the short name of the session that whoever is ticked has chosen
SEVERAL = frozenset({"sessions", "waiting_for", "status", "paid", "cancelled"})
LANGUAGES = {"fr": "fr", "francais": "fr", "french": "fr", "fra": "fr", "fre": "fr"}
LANGUAGES |= {"en": "en", "anglais": "en", "english": "en", "eng": "en"}

_NAMES = ("last_name", "first_name", "full_name")
_FEW = 30  # of these, where each takes time
_LOOKED_AT = 400  # cells of a column that say something
_LETTERS = re.compile(r"[^\W\d_]")
_DATE = re.compile(r"\d[-/.]\d")
_TESTIMONY = re.compile(
    r"attended|present|suivi|satisf|avis|comment|registered|created|date|vient",
)


def language_of(cell: str) -> str:
    """Also of "fr-FR" and of "Français (France)"; "" for one that nothing is written in."""
    return LANGUAGES.get(next(iter(words_of(cell)), ""), "")


def missing_fields(assignment: Assignment) -> tuple[Field, ...]:
    """What must be read, and is not: an address, and a name in one column or in two."""
    given = set(assignment.values())
    named = {"full_name"} <= given or {"last_name", "first_name"} <= given
    names: tuple[Field, ...] = ("last_name", "first_name")
    wanted = () if named else tuple(name for name in names if name not in given)
    return (*wanted, *(() if "email" in given else ("email",)))


def unread_columns(table: Table, assignment: Assignment) -> tuple[Column, ...]:
    """Those that hold something and are taken for nothing."""
    return tuple(
        column
        for column in table.columns
        if column.place not in assignment and any(row.cells[column.place] for row in table.rows)
    )


def guess_columns(table: Table, conference: Conference) -> dict[int, str]:
    """What each column is taken for; those that nobody needs are left out."""
    return _Guess(table, Choices(conference)).made()


class _Guess:
    def __init__(self, table: Table, choices: Choices) -> None:
        self._choices = choices
        self._columns = table.columns
        self._rows = table.rows
        self._values = {
            column.place: list(
                islice(filter(None, (row.cells[column.place] for row in table.rows)), _LOOKED_AT)
            )
            for column in table.columns
        }
        self.taken: dict[int, str] = {}

    def made(self) -> dict[int, str]:
        self._take_ticked()
        self._take_titled()
        self._take_addresses()
        self._settle_names()
        self._take_unnamed()
        self._take_choices()
        return dict(sorted(self.taken.items()))

    def _take_ticked(self) -> None:
        """A column that is called as a session, or "Workshops [that session]", to be ticked."""
        for column in self._columns:
            inside = re.findall(r"\[([^\[\]]+)\]\s*$", column.title)
            titles = [*inside, column.title]
            found = next((s for t in titles if t and (s := self._choices.called(t))), None)
            values = self._values[column.place]
            if found is None and any(says_yes(value) for value in values):
                found = self._choices.within(column.title)  # "Will you come to the party?"
            if found is None or not found.is_chosen:
                continue
            if not values or self._are_ticks(values, found):
                self.taken[column.place] = SESSION + found.slug

    def _are_ticks(self, values: list[str], session: Session) -> bool:
        """Most of them: what the others say is asked about, row by row."""
        said = {value: self._says(value, session) for value in set(values)}
        counted = any(value.isdecimal() and int(value[:9]) > 1 for value in said)
        if counted and session.is_workshop and not are_seats(values):
            return all(self._choices.called(value) is session for value in said)
        return share(said[value] for value in values) > 0.5

    def _says(self, value: str, session: Session) -> bool:
        return ticked(value) is not None or self._choices.called(value) is session

    def _take_titled(self) -> None:
        told = [
            (meaning.strength + self._filled(column), -column.place, meaning.field)
            for column in self._columns
            for meaning in meanings(column.title)
        ]
        for strength, place, field in sorted(told, reverse=True):
            given = set(self.taken.values())
            if -place in self.taken or (field in given and field not in SEVERAL):
                continue
            # Nobody is called by their own first name and the payer's last one.
            if strength < 0 and field in _NAMES and given.intersection(_NAMES):
                continue
            if self._fits(field, self._values[-place]):
                self.taken[-place] = field

    def _filled(self, column: Column) -> float:
        """Of two that say the same, the one that says more: up to 9."""
        return 9 * len(self._values[column.place]) / min(len(self._rows), _LOOKED_AT)

    def _fits(self, field: Field, values: list[str]) -> bool:
        tests: dict[Field, Callable[[str], Any]] = {
            "email": ADDRESS_IN.search,
            "last_name": _is_wordy,
            "first_name": _is_wordy,
            "full_name": _is_wordy,
            "language": language_of,
            "status": standing_of,
            "paid": lambda value: says_yes(value) is not None or standing_of(value),
            "cancelled": lambda value: says_yes(value) is not None or _DATE.search(value),
            "sessions": self._may_be_choice,
            "waiting_for": lambda value: self._choices.in_cell(value).slugs,
        }
        test = tests.get(field)
        return test is None or not values or share(map(test, values)) >= 0.5

    def _may_be_choice(self, value: str) -> bool:
        """Under a title that promises it, also what is called otherwise: it will be asked about."""
        chosen = self._choices.in_cell(value)
        return self._choices.any and bool(not chosen.unknown or _LETTERS.search(value))

    def _take_addresses(self) -> None:
        """A column of addresses is the address, whatever it is called."""
        if "email" in self.taken.values():
            return
        full = [
            (share(map(ADDRESS_IN.search, values)), -place)
            for place, values in self._values.items()
            if values and place not in self.taken
        ]
        if full and max(full)[0] >= 0.6:
            self.taken[-max(full)[1]] = "email"

    def _settle_names(self) -> None:
        at = {field: place for place, field in self.taken.items() if field in _NAMES}
        if {"first_name", "last_name"} <= at.keys():
            self._drop(at.get("full_name"))
        elif "full_name" in at and "first_name" in at:
            if not self._holds(at["full_name"], at["first_name"]):
                self.taken[at["full_name"]] = "last_name"
        elif "full_name" in at and "last_name" in at:
            if not self._holds(at["full_name"], at["last_name"]):
                self._drop(at["full_name"])
        elif "last_name" in at and "first_name" not in at:
            values = self._values[at["last_name"]]
            if share(len(value.replace(",", " ").split()) > 1 for value in values) >= 0.6:
                self.taken[at["last_name"]] = "full_name"

    def _take_unnamed(self) -> None:
        """Where no title tells which columns have the names."""
        at = {field: place for place, field in self.taken.items()}
        if "email" not in at or any(field in at for field in _NAMES):
            return
        cells = {
            column.place: [row.cells[column.place] for row in self._rows[:_LOOKED_AT]]
            for column in self._columns
            if column.place not in self.taken and not meanings(column.title)
        }
        addresses = [row.cells[at["email"]] for row in self._rows[:_LOOKED_AT]]
        self.taken |= name_columns(cells, addresses)

    def _drop(self, place: int | None) -> None:
        if place is not None:
            del self.taken[place]

    def _holds(self, whole: int, part: int) -> bool:
        """Whether one column has the other's words in it, and more."""
        rows = [row for row in self._rows if row.cells[whole] and row.cells[part]]
        return share(_inside(row.cells[part], row.cells[whole]) for row in rows) >= 0.5

    def _take_choices(self) -> None:
        """Columns that name sessions in nearly every cell, whatever they are called."""
        if any(field == "sessions" for field in self.taken.values()):
            return
        for column in self._columns:
            values = self._values[column.place]
            if column.place in self.taken or not values or _TESTIMONY.search(folded(column.title)):
                continue
            if share(_named(self._choices, value) for value in values[:_FEW]) >= 0.7:
                self.taken[column.place] = "sessions"


def _named(choices: Choices, value: str) -> bool:
    """A number, or "A1", may be anything."""
    return len(_LETTERS.findall(value)) >= 5 and bool(choices.in_cell(value).slugs)


def _inside(part: str, whole: str) -> bool:
    words = folded(whole).replace(",", " ").split()
    wanted = folded(part).split()
    return len(words) > len(wanted) and all(word in words for word in wanted)


def _is_wordy(value: str) -> bool:
    return bool(_LETTERS.search(value)) and "@" not in value

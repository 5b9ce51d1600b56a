"""A roster: a spreadsheet of people to register, checked row by row before anybody is.

It takes what an export gives, and what people call their columns in French and English.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.base.person import Person, person_key
from services.registration.base.refusals import AlreadyRegistered, Fault, Refusal
from services.registration.batches.batch import Item, Reasons, draft
from services.registration.batches.working import reason_of, reasons_of
from services.registration.desk import Desk
from services.registration.people.spreadsheet import read_rows
from services.registration.people.spreadsheet_child import Row, Unreadable
from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import choose
from shared.base.clock import now
from shared.base.transactions import retried
from shared.words.folding import folded

COLUMNS: dict[str, tuple[str, ...]] = {
    "last_name": ("last_name", "nom", "nom de famille", "surname", "family name", "name"),
    "first_name": ("first_name", "prénom", "given name", "forename"),
    "email": ("email", "e-mail", "courriel", "adresse électronique", "adresse e-mail", "mail"),
    "organisation": ("organisation", "organization", "organisme", "structure", "employeur"),
    "job_title": ("job_title", "fonction", "poste", "job"),
    "locale": ("language", "langue", "locale"),
    "sessions": ("sessions", "ateliers", "atelier", "workshop", "workshops", "session"),
}
REQUIRED = ("last_name", "first_name", "email")
_LANGUAGES = {"fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en"}
_LANGUAGES |= {"english": "en"}


@dataclass(frozen=True)
class Checked:
    """A row of the file: what to register, or why it cannot be."""

    number: int
    given: dict[str, Any]
    reasons: Reasons = ()

    @property
    def item(self) -> Item:
        return Item(
            self.number,
            given=self.given,
            outcome="refused" if self.reasons else None,
            reasons=self.reasons,
        )


def read_roster(content: bytes) -> dict[int, Row]:
    """Its rows, by their number. Raises Unreadable when it as a whole cannot be used; Busy."""
    rows = read_rows(content, COLUMNS)
    missing = [name for name in REQUIRED if name not in next(iter(rows.values()))]
    if missing:
        raise Unreadable("These columns are missing: %(names)s.", names=", ".join(missing))
    return rows


def check_roster(
    connection: Connection, conference: Conference, rows: Mapping[int, Row]
) -> list[Checked]:
    """Every row, checked against the rules, the file itself and who is registered already."""
    by_title = _by_title(conference)
    checked = [_check(conference, by_title, number, row) for number, row in rows.items()]
    return _without_repetitions(checked, _registered_keys(connection, conference))


@retried
def draft_roster(
    desk: Desk,
    conference: Conference,
    checked: Sequence[Checked],
    *,
    waitlist: bool,
    requested_by: str,
) -> str:
    """A batch that registers whoever can be, for an organiser to look at; returns its id."""
    with desk.database.begin() as connection:
        items = (row.item for row in checked)
        return draft(
            connection, conference, "register", {"waitlist": waitlist}, requested_by, items
        )


def demand(conference: Conference, checked: list[Checked]) -> list[tuple[Session, int]]:
    """How many of the rows that can be registered want each session that is chosen."""
    wanted = Counter(slug for row in checked if not row.reasons for slug in row.given["sessions"])
    return [
        (session, wanted[session.slug]) for session in conference.sessions if session.slug in wanted
    ]


def _check(
    conference: Conference, by_title: Mapping[str, Session], number: int, row: Row
) -> Checked:
    reasons: list[dict[str, Any]] = []
    fields = {name: row.get(name, "") for name in COLUMNS if name not in ("sessions", "locale")}
    language = _LANGUAGES.get(folded(row.get("locale", "")), conference.language)
    person: dict[str, Any] = {**fields, "locale": language}
    try:
        person = Person.model_validate(person).model_dump()
    except ValidationError as error:
        reasons += [
            {
                "field": str(problem["loc"][0]),
                "error": {"type": problem["type"], "ctx": _plain(problem.get("ctx"))},
            }
            for problem in error.errors()
        ]
    slugs: list[str] = []
    for name in filter(None, (part.strip() for part in row.get("sessions", "").split(";"))):
        session = by_title.get(_plain_title(name))
        if session is None:
            fault = Fault("/sessions", "There is no session called “%(name)s”.", {"name": name})
            reasons.append(reason_of(fault))
        elif session.slug not in slugs:
            slugs.append(session.slug)
    if not reasons:
        try:
            choose(conference, slugs, begun=conference.begun(now()), late=True)
        except Refusal as refusal:
            reasons += reasons_of(refusal)
    return Checked(number, {"person": person, "sessions": slugs}, reasons)


def _without_repetitions(checked: list[Checked], registered: set[str]) -> list[Checked]:
    seen: dict[str, int] = {}
    out = []
    for row in checked:
        if row.reasons:
            out.append(row)
            continue
        person = row.given["person"]
        key = person_key(person["email"], person["first_name"], person["last_name"])
        if key in registered:
            out.append(Checked(row.number, row.given, reasons_of(AlreadyRegistered())))
        elif key in seen:
            fault = Fault("/email", "This person is in row %(row)s already.", {"row": seen[key]})
            out.append(Checked(row.number, row.given, [reason_of(fault)]))
        else:
            seen[key] = row.number
            out.append(row)
    return out


def _registered_keys(connection: Connection, conference: Conference) -> set[str]:
    keys = connection.execute(
        select(tables.Registration.email_key).where(
            tables.Registration.conference_id == conference.id,
            tables.Registration.status != "cancelled",
        )
    ).scalars()
    return {key for key in keys if key}


def _by_title(conference: Conference) -> dict[str, Session]:
    """Sessions by what a spreadsheet may call them; those that everyone attends need no choice."""
    chosen = [session for session in conference.sessions if session.is_chosen]
    by_title = {_plain_title(session.title): session for session in chosen}
    return by_title | {_plain_title(session.slug): session for session in chosen}


def _plain_title(title: str) -> str:
    return "".join(sign for sign in folded(title) if sign.isalnum())


def _plain(context: Any) -> dict[str, Any]:
    """Of pydantic's context, what a sentence about it needs."""
    return {k: v for k, v in (context or {}).items() if isinstance(v, str | int)}

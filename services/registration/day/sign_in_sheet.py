"""The sheet people sign at the door, on paper, for the day or for one session."""

import unicodedata
from datetime import time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.programme.facts import Conference, Session
from services.registration.seats.records import COLUMNS, Record
from shared.words.language import Language

PAPER = Path(__file__).parent / "paper"
NOON = time(13)


def people_expected(
    connection: Connection, conference: Conference, session: Session | None
) -> list[Record]:
    """Who should sign, by name: everyone confirmed, or who holds a seat in the session."""
    statement = select(*COLUMNS).where(
        tables.Registration.conference_id == conference.id,
        tables.Registration.erased_at.is_(None),
    )
    if session is None or not session.is_chosen:
        statement = statement.where(tables.Registration.status == "confirmed")
    else:
        statement = statement.join(
            tables.Seat, tables.Seat.registration_id == tables.Registration.id
        ).where(tables.Seat.session_id == session.id, tables.Seat.state == "held")
    people = [Record(*row) for row in connection.execute(statement)]
    return sorted(
        people, key=lambda person: (_folded(person.last_name), _folded(person.first_name))
    )


def sign_in_sheet(
    conference: Conference, session: Session | None, people: list[Record], language: Language
) -> bytes:
    """The PDF."""
    # A second of import, and most web processes never print a sheet.
    from weasyprint import HTML

    environment = Environment(
        loader=FileSystemLoader(PAPER),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
    environment.filters["css"] = _css_text
    page = environment.get_template("sign-in-sheet.html").render(
        _=language.gettext,
        language=language,
        conference=conference,
        heading=session.title if session else language.gettext("Sign-in sheet"),
        when=_when(conference, session, language),
        where=session.where if session else f"{conference.venue}, {conference.city}",
        boxes=_boxes(conference, session, language),
        people=people,
    )
    document: bytes = HTML(string=page, url_fetcher=no_fetching).write_pdf()
    return document


def _when(conference: Conference, session: Session | None, language: Language) -> str:
    day = language.date(conference.date)
    if session is None:
        return day
    times = language.times(session.starts_at, session.ends_at, conference.timezone)
    return f"{day}, {times}"


def _boxes(conference: Conference, session: Session | None, language: Language) -> list[str]:
    """One signature a session; for the day, one each half-day."""
    starts = [each.starts_at.astimezone(conference.zone) for each in conference.sessions]
    morning = any(start.time() < NOON for start in starts if start.date() == conference.date)
    afternoon = any(start.time() >= NOON for start in starts)
    if session is not None or not (morning and afternoon):
        return [language.gettext("Signature")]
    return [language.gettext("Signature, morning"), language.gettext("Signature, afternoon")]


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _css_text(value: str) -> str:
    return "".join(
        sign if sign.isalnum() or sign == " " else f"\\{ord(sign):06x}" for sign in value
    )


def no_fetching(url: str, *_: object, **__: object) -> None:
    raise ValueError(f"a sheet fetches nothing, and this wanted {url}")

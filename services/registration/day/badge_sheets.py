"""Badges for everyone, several to a page: on labels that can be bought, or to be cut."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.day.sign_in_sheet import no_fetching, people_expected
from services.registration.programme.facts import Conference
from services.registration.seats.records import Record
from shared.handouts.qr import qr_svg
from shared.words.typography import typeset

PAPER = Path(__file__).parent / "paper"
IN_A_FILE = 200  # badges: two seconds of work


@dataclass(frozen=True)
class Labels:
    """A sheet of A4 labels, in millimetres: the first label's corner, and from one to the next."""

    name: str
    width: float
    height: float
    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float
    to_cut: bool = False

    @property
    def on_a_page(self) -> int:
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Where the number-th label of a page is, from its left and its top."""
        row, column = divmod(number, self.columns)
        return self.left + column * self.across, self.top + row * self.down


# Sizes as their makers give them.
FORMATS = {
    "80x50": Labels("Avery L4784, L4785, L4786", 80, 50, 2, 5, 17.5, 13.5, 95, 55),
    "85x54": Labels("Avery C32011, C32016", 85, 54, 2, 5, 15, 13.5, 95, 54),
    "90x52": Labels("Avery L7414, 7414", 90, 52, 2, 5, 15, 18.5, 90, 52),
    "a7": Labels("A7", 105, 74, 2, 4, 0, 0.5, 105, 74, to_cut=True),
}


@dataclass(frozen=True)
class Badge:
    name: str
    organisation: str
    code: str
    sessions: tuple[tuple[str, str], ...]  # (title, where)

    @property
    def size(self) -> str:
        """How large the name can be written."""
        length = max(len(self.name) / 2, *(len(part) for part in self.name.split()))
        return "large" if length <= 11 else "middle" if length <= 16 else "small"


def people_with_badges(
    connection: Connection, conference: Conference, since: date | None = None
) -> list[Record]:
    """Everyone confirmed, by name; only those who registered on that day or later, if given."""
    return [
        person
        for person in people_expected(connection, conference, None)
        if since is None or person.created_at.astimezone(conference.zone).date() >= since
    ]


def read_badges(
    connection: Connection, conference: Conference, people: Sequence[Record]
) -> list[Badge]:
    """Their badges, each with the workshops it opens."""
    held: dict[str, set[int]] = defaultdict(set)
    for seat in connection.execute(
        select(tables.Seat.registration_id, tables.Seat.session_id).where(
            tables.Seat.registration_id.in_([person.id for person in people]),
            tables.Seat.state == "held",
        )
    ):
        held[seat.registration_id].add(seat.session_id)
    return [
        Badge(
            person.name,
            person.organisation or "",
            person.code,
            tuple(
                (typeset(session.title, conference.language), session.where)
                for session in conference.sessions
                if session.is_workshop and session.id in held[person.id]
            ),
        )
        for person in people
    ]


def badge_sheets(conference: Conference, badges: Sequence[Badge], labels: Labels) -> bytes:
    """The PDF."""
    # A second of import, and most web processes never print.
    from weasyprint import HTML

    environment = Environment(
        loader=FileSystemLoader(PAPER), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    pages = [
        badges[start : start + labels.on_a_page]
        for start in range(0, len(badges), labels.on_a_page)
    ]
    page = environment.get_template("badge-sheets.html").render(
        conference=conference,
        pages=pages,
        labels=labels,
        qr=lambda code: Markup(qr_svg(code)),  # noqa: S704  the text is only in the squares
    )
    document: bytes = HTML(string=page, url_fetcher=no_fetching).write_pdf()
    return document

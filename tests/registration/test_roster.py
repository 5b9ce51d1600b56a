"""Rosters: a spreadsheet of people, every row checked before anybody is registered."""

import io
import resource
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.event import listen
from starlette.datastructures import FormData

from services.registration.base.person import Person
from services.registration.batches.tables import BatchItem
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.lists import reading
from services.registration.lists.sheet import MOST_ROWS
from services.registration.lists.table import Unreadable
from services.registration.pages.organiser.roster_steps import Columns, Preview
from services.registration.people.erasing import erase
from services.registration.people.roster import (
    NO_ANSWERS,
    Yes,
    check_roster,
    demands,
    register_roster,
    registered_keys,
)
from services.registration.seats.registering import register
from shared.base.bulkhead import Bulkhead, Busy
from tests.registration.days import someone
from tests.registration.given_lists import read_list

ALREADY = "Someone of this name is already registered for this day with that email address."
FRENCH = (
    "Nom;Prénom;Courriel;Organisme;Langue;Ateliers\r\n"
    "N’Diaye;Zoé;zoe@example.org;Mission locale;français;Workshop b; \r\n"
)


@pytest.fixture(autouse=True)
def _day(open_day) -> None:
    open_day(3, 2)


def roster(desk: Desk, content: bytes | str):
    content = content.encode() if isinstance(content, str) else content
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        registered = registered_keys(connection, conference)
    return check_roster(read_list(content, conference), registered)


def reasons(row) -> list[str]:
    return [each.get("field") or each["message"] % each["parameters"] for each in row.reasons]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_columns_and_sessions_as_people_call_them(desk: Desk, encoding: str) -> None:
    [row] = roster(desk, FRENCH.encode(encoding))
    assert row.number == 2
    assert not row.reasons
    assert row.given["person"]["first_name"] == "Zoé"
    assert row.given["person"]["locale"] == "fr"
    assert row.given["sessions"] == ["b"]


def test_a_preview_asks_once_who_is_registered(desk: Desk) -> None:
    conference = desk.programmes.fresh("day")
    table = reading.read_table(FRENCH.encode())
    columns = Columns.read(desk.database, conference, table, FormData())
    asked: list[str] = []
    listen(desk.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    Preview.read(desk.database, columns, NO_ANSWERS)
    assert len([each for each in asked if "email_key" in each]) == 1


def test_every_fault_of_every_row_is_named(desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    checked = roster(
        desk,
        "first_name,last_name,email,sessions\n"
        "Ali,Roy,not an address,a\n"
        ",,ali@example.org,a\n"
        "Ali,Roy,ali@example.org,nowhere\n"
        "Ali,Roy,ali@example.org,\n"
        "Ali,Roy,ali@example.org,a;b\n"
        "Zoé,N’Diaye,Z1@example.org,a\n"
        "Ali,Roy,ali@example.org,a\n"
        "\n"
        "Ali,Roy,ALI@example.org,b\n",
    )
    assert [(row.number, reasons(row)) for row in checked] == [
        (2, ["email"]),
        (3, ["last_name"]),
        (4, ["There is no session called “nowhere”."]),
        (5, ["Choose one of the parallel workshops: Workshop a; Workshop b."]),
        (6, ["“Workshop a” and “Workshop b” take place at the same time."]),
        (7, [ALREADY]),
        (8, []),
        (10, ["This person is in row 8 already."]),
    ]
    assert [
        (each.session.slug, each.wanted, each.too_many)
        for each in demands(desk.programmes.fresh("day"), checked)
    ] == [("a", 1, 0)]


def test_an_erasure_takes_their_rows_and_nobody_elses(desk: Desk) -> None:
    shared = "team@example.org"
    person = Person(first_name="Anna", last_name="Roux", email=shared)
    anna = register(desk, "day", replace(someone(1, "a"), person=person))
    checked = roster(
        desk,
        "first_name,last_name,email\n"
        f"Bob,Petit,{shared}\n"
        "Anna,Roux,other@example.org\n"
        f"ANNA,roux,{shared.upper()}\n"
        f",,{shared}\n"
        "Anna,Roux,not an address\n"
        "Anna,Roux,\n",
    )
    day = desk.programmes.fresh("day")
    boss = Actor("organiser", "boss@example.org")
    register_roster(desk, day, checked, Yes(boss, "a-batch", waitlist=False, shape=""))
    erase(desk, anna.id)
    with desk.database.read() as connection:
        kept = connection.execute(select(BatchItem.given).order_by(BatchItem.number)).scalars()
        people = [given and given["person"]["first_name"] for given in kept]
    assert people == ["Bob", "Anna", None, None, None, None]


def archive(size: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", bytes(size))
    return packed.getvalue()


def a_workbook(*rows: tuple[str, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 not a workbook", "neither"),
        (b"\x00\x01\x02binary,file", "neither"),
        (archive(200), "neither"),
        (b"first_name,last_name,email\n", "no row"),
        (b"x" * (reading.LARGEST + 1), "at most 5 MB"),
        (b"email\n" + b"a@example.org\n" * (MOST_ROWS + 1), "at most 5000 rows"),
    ],
)
def test_a_file_that_cannot_be_used_says_so(desk: Desk, content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        roster(desk, content)


def hungry_workbook(size: int) -> bytes:
    """A row of empty cells, and one in the last corner: a few kilobytes that unpack to `size` bytes
    of XML, and to all the cells that a sheet can have."""
    titles, person = ("nom", "prénom", "courriel", "atelier"), ("Roy", "Ali", "ali@b.org", "b")
    plain, out = a_workbook(titles, person), io.BytesIO()
    cells = b'<row r="3">' + b'<c r="B3"/>' * (size // 11) + b"</row>"
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as book,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as hungry,
    ):
        for part in book.infolist():
            more = cells + corner + b"</sheetData>"
            hungry.writestr(part, book.read(part).replace(b"</sheetData>", more))
    return out.getvalue()


@pytest.mark.parametrize("size", [19_000_000, 100_000_000], ids=["in use", "unpacked"])
def test_a_workbook_that_takes_too_much_costs_its_reader_alone(desk: Desk, size: int) -> None:
    content, before = hungry_workbook(size), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable, match="too much"):
        roster(desk, content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_one_file_is_read_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_bulkhead", Bulkhead(waiting=0))
    with reading._bulkhead.entered(), pytest.raises(Busy):  # noqa: SLF001  its own is taken
        roster(desk, FRENCH)

"""Lists that leave: as the reader's own program opens them, and as they come back."""

import csv
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.lists.writing import Heading, csv_chunks, titles, xlsx_file
from services.registration.people.attendance_export import ATTENDANCE
from services.registration.people.exports import HEADINGS, export_rows
from services.registration.people.roster import check_roster, registered_keys
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from services.registration.web import CATALOGUES
from shared.words.language import Language, Languages
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.given_lists import read_list

ALREADY = "Someone of this name is already registered for this day with that email address."
HELD_BACK = "The list says “%(status)s”: this row is not registered."
FRENCH = Languages.load(CATALOGUES)["fr"]
ENGLISH = Languages.load(CATALOGUES)["en"]
SEMICOLONS = programme_text(1, 2).replace("Workshop a", '"Plan; do; check"')


@pytest.fixture
def people(desk: Desk) -> None:
    """Somebody with seats, somebody who waits, and somebody who is cancelled."""
    import_programme(desk, parse_programme(SEMICOLONS, on=IN_THREE_WEEKS))
    register(desk, "day", someone(1, "a", "lunch"))
    register(desk, "day", someone(2, "a", waitlist=True))
    cancel(desk, register(desk, "day", someone(3, "b")).id)


def exported(desk: Desk, form: str, language: Language | None) -> bytes:
    rows = export_rows(desk.database, desk.programmes.fresh("day"), language=language)
    if form == "csv":
        return b"".join(csv_chunks(HEADINGS, rows, language))
    with xlsx_file("day", HEADINGS, rows, language) as file:
        return file.read()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", [None, ENGLISH, FRENCH])
@pytest.mark.usefixtures("people")
def test_what_was_exported_comes_back(desk: Desk, form: str, language: Language | None) -> None:
    conference = desk.programmes.fresh("day")
    rows = read_list(exported(desk, form, language), conference)
    assert [(row.given["sessions"], row.given["waiting_for"]) for row in rows] == [
        (["a", "lunch"], []),
        ([], ["a"]),
        ([], []),
    ]
    assert {row.given["person"]["locale"] for row in rows} == {"fr"}
    with desk.database.read() as connection:
        checked = check_roster(rows, registered_keys(connection, conference))
    assert [row.reasons[0]["message"] for row in checked] == [ALREADY, HELD_BACK, HELD_BACK]


@pytest.mark.usefixtures("people")
def test_a_french_excel_opens_what_its_reader_exported(desk: Desk) -> None:
    content = exported(desk, "csv", FRENCH)
    assert content.startswith(b"\xef\xbb\xbf")
    heading, first, *_ = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert heading[:5] == ["Code", "État", "Nom", "Prénom", "Adresse e-mail"]
    assert first[1] == "Confirmée"
    assert first[12] == "non"
    english = exported(desk, "csv", ENGLISH).decode("utf-8-sig")
    assert english.startswith("Code,Status,Last name,First name,Email,")
    assert exported(desk, "csv", None).decode("utf-8-sig").startswith("code,status,last_name,")


@pytest.mark.usefixtures("people")
def test_a_workbook_has_moments_and_numbers_as_such(desk: Desk) -> None:
    workbook = load_workbook(io.BytesIO(exported(desk, "xlsx", FRENCH)))
    sheet = workbook.active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:Q4"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["E"].width > sheet.column_dimensions["A"].width
    first = next(sheet.iter_rows(min_row=2, values_only=True))
    assert isinstance(first[11], datetime)
    assert first[14] == 0


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "#REF!", "+33 1", "a\x01b"])
def test_text_stays_text_in_a_workbook(text: str) -> None:
    with xlsx_file("day", [Heading("nom", "Last name")], [[text]]) as file:
        cell = load_workbook(file).active["A2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize("headings", [HEADINGS, ATTENDANCE])
def test_every_heading_is_said_in_french(headings: tuple[Heading, ...]) -> None:
    known = FRENCH.translations._catalog  # type: ignore[attr-defined]  # noqa: SLF001  gettext has no other way to ask whether a word is known
    assert not [each for each in headings if f"spreadsheet\x04{each.called}" not in known]
    assert len(set(titles(headings, FRENCH))) == len(headings)

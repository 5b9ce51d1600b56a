"""The volunteer's tablet: a sheet, a name, a signature, the next one. With its script it goes on
without a network, through the calls of `tablet_device`; these pages do without either."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.lists.expected import Person, expected, person_on, sheets_of
from services.sheets.pages.at_desk import (
    Form,
    Visit,
    Visiting,
    conference_of,
    drawn,
    find_sheet,
    key_of,
)
from services.sheets.pages.opening import NotByLink
from services.sheets.pages.words import refusal_words, statement
from services.sheets.room.devices import AFTER_DAY, LATE, Device, device_by_id
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.events.registration import Conference
from shared.words.folding import is_meant, sought, words_sought

router = APIRouter(prefix="/sheets/tablet/{tablet_id}")


class TabletEnded(Exception):
    """The link was a tablet's, and opens nothing any more."""


@dataclass(frozen=True)
class Table:
    """A tablet, where it lies."""

    tablet: Device
    conference: Conference

    @property
    def zone(self) -> str:
        return self.conference.timezone

    @property
    def until(self) -> datetime:
        return self.conference.ends_at + AFTER_DAY

    @property
    def by(self) -> By:
        tablet = self.tablet
        return By("tablet", tablet.name, "tablet", tablet.created_at, tablet.ended_at)

    @property
    def address(self) -> str:
        return f"/sheets/tablet/{self.tablet.id}"


def sender_of(tablet_id: str, request: Request, visit: Visiting) -> Table:
    """A tablet that brings what was signed on it; for some days after the day, or its end, too."""
    if not visit.desk.openings.is_open(request, "tablet", tablet_id):
        raise NotByLink
    with visit.desk.database.read() as connection:
        tablet = device_by_id(connection, tablet_id, "tablet")
        if tablet is None:
            raise HTTPException(404)
        table = Table(tablet, conference_of(connection, tablet.conference))
    ended_at = min(tablet.ended_at or now(), table.conference.ends_at)
    if now() >= ended_at + LATE:
        raise TabletEnded
    return table


def table_of(sender: Annotated[Table, Depends(sender_of)]) -> Table:
    if not sender.tablet.is_living or now() >= sender.until:
        raise TabletEnded
    return sender


FromTablet = Annotated[Table, Depends(sender_of)]
AtTable = Annotated[Table, Depends(table_of)]


@router.get("")
def show_sheets(request: Request, visit: Visiting, at: AtTable) -> Response:
    way_in = visit.desk.openings.let_in(
        request, "tablet", at.tablet.id, at.conference.ends_at + LATE
    )
    if way_in is not None:
        return way_in
    with visit.desk.database.read() as connection:
        rows = sheets_of(connection, at.tablet.conference)
    return _page(visit, at, "tablet/tablet.html", rows=rows)


@router.get("/{sheet_id}")
def show_people(
    sheet_id: str,
    visit: Visiting,
    at: AtTable,
    q: Annotated[str, Query(max_length=100)] = "",
    said: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """`said` is the registration of whoever has just signed."""
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id, at.tablet.conference)
        people = [each for each in expected(connection, sheet.id) if each.counts]
    words = words_sought(q)
    found = [each for each in people if not each.erased and is_meant(words, _line(each))]
    found.sort(key=lambda each: each.signed_at is not None)  # who is to sign comes first
    done = next((each.name for each in people if said and each.registration_id == said), "")
    return _page(
        visit,
        at,
        "tablet/people.html",
        sheet=sheet,
        people=found,
        signed=sum(each.signed_at is not None for each in people),
        expected=len(people),
        q=q,
        said=done,
    )


@router.get("/{sheet_id}/{registration_id}")
def show_box(sheet_id: str, registration_id: str, visit: Visiting, at: AtTable) -> Response:
    with visit.desk.database.read() as connection:
        sheet, person = _whose(connection, at, sheet_id, registration_id)
    return _box(visit, at, sheet, person)


@router.post("/{sheet_id}/{registration_id}")
def sign_here(
    sheet_id: str, registration_id: str, visit: Visiting, at: AtTable, form: Form
) -> Response:
    with visit.desk.database.read() as connection:
        sheet, person = _whose(connection, at, sheet_id, registration_id)
    try:
        sign(
            visit.desk.signing,
            sheet.id,
            person.registration_id,
            by=at.by,
            at=now(),
            strokes=drawn(form),
            key=key_of(form, f"tablet:{at.tablet.id}"),
        )
    except Refused as refused:
        complaint = refusal_words(refused, visit.language, at.zone)
        return _box(visit, at, sheet, person, complaint, status=422)
    return RedirectResponse(f"{at.address}/{sheet.id}?said={person.registration_id}", 303)


def _whose(
    connection: Connection, at: Table, sheet_id: str, registration_id: str
) -> tuple[SheetRecord, Person]:
    sheet = find_sheet(connection, sheet_id, at.tablet.conference)
    person = person_on(connection, sheet, registration_id)
    if person is None or person.erased:
        raise HTTPException(404)
    return sheet, person


def _box(
    visit: Visit,
    at: Table,
    sheet: SheetRecord,
    person: Person,
    complaint: str = "",
    *,
    status: int = 200,
) -> Response:
    return _page(
        visit,
        at,
        "tablet/sign.html",
        status=status,
        sheet=sheet,
        person=person,
        statement=statement(sheet, visit.language, at.zone),
        key=token_urlsafe(12),
        complaint=complaint,
    )


def _page(visit: Visit, at: Table, template: str, *, status: int = 200, **words: Any) -> Response:
    return visit.page(
        template,
        status=status,
        tablet=at.tablet,
        conference=at.conference,
        zone=at.zone,
        here=at.address,
        **words,
    )


def _line(person: Person) -> str:
    """By which they are found: a name as it was signed has no last one apart."""
    return sought(person.last_name, person.name, person.organisation)

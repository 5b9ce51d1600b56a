"""Where an organiser's page is shown, and the forms that are sent there."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from services.sheets.base.records import SheetRecord
from services.sheets.lists.days import programme_of
from services.sheets.pages.at_desk import Visiting, find_sheet
from services.sheets.signing.signing import By
from shared.pages.visit import Here, form_of
from shared.pages.visitors import visitor_of

AREA = "sheets"
MOST_PEOPLE = 2000  # of one sheet, a tick each


def here_of(request: Request, visit: Visiting) -> Here:
    who = visitor_of(request)
    with visit.desk.database.read() as connection:
        programme = programme_of(connection, who.conference)
    return Here(who, AREA, programme.conference if programme else None)


At = Annotated[Here, Depends(here_of)]


def sheet_here(sheet_id: str, visit: Visiting, at: At) -> SheetRecord:
    """The sheet that an address names, of the conference that it names too."""
    if at.conference is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    with visit.desk.database.read() as connection:
        return find_sheet(connection, sheet_id, at.slug)


OfSheet = Annotated[SheetRecord, Depends(sheet_here)]
Form = Annotated[FormData, Depends(form_of(fields=20, field_size=4096))]


def by_organiser(at: Here) -> By:
    return By("organiser", at.who.name)


def zone_of(at: Here) -> str:
    zone: str = at.words["zone"]
    return zone


def address(at: Here, sheet: SheetRecord | None = None, **said: Any) -> str:
    """Of the list of sheets, or of one; `said` is what was done."""
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return at.address + (f"/{sheet.id}" if sheet else "") + (f"?{query}" if query else "")

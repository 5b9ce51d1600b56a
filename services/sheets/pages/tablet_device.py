"""What the tablet's page keeps so that it works without a network, and sends later."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.base.titles import title_of
from services.sheets.lists.expected import Person, expected, sheets_of
from services.sheets.pages.at_desk import Visit, Visiting
from services.sheets.pages.tablet import AtTable, FromTablet, Table
from services.sheets.pages.words import refusal_words, statement, when
from services.sheets.pictures.strokes import Strokes
from services.sheets.signing.signing import sign
from shared.base.clock import now
from shared.pages.offline import home_screen, page_worker
from shared.pages.visit import OnSite

router = APIRouter(prefix="/sheets/tablet")

OF_THE_PAGE = (
    "emarge.css",
    "forms-and-tables.css",
    "signing.css",
    "print.css",
    "icon.svg",
    "spectral-600.woff2",
    "signing/pad.js",
)
MOST = 20  # signatures of one sending


class SentEntry(BaseModel):
    """One signature, when it was given. `strokes` are its lines of [x, y]; none: confirmed.
    `queued`: it could not be sent at once, and whoever gave it has gone on."""

    key: Annotated[str, Field(min_length=8, max_length=60)]
    sheet: Annotated[str, Field(max_length=60)]
    person: Annotated[str, Field(max_length=60)]
    at: AwareDatetime
    strokes: Any = None
    queued: bool = False


class SentEntries(BaseModel):
    entries: Annotated[list[SentEntry], Field(max_length=MOST)]


@router.get("/worker.js")
def serve_worker(site: OnSite) -> Response:
    """The service worker; a changed asset changes it, and it then fetches what is new."""
    names = [*OF_THE_PAGE, *site.assets.under("tablet/")]
    return page_worker(site, names, cache="emarge-tablet", page="^/sheets/tablet/[^/]+")


@router.get("/{tablet_id}/manifest.webmanifest")
def serve_manifest(tablet_id: str, site: OnSite) -> Response:
    """Lets the tablet's page be put on the home screen."""
    return home_screen(site, "Emarge", f"/sheets/tablet/{tablet_id}", "/sheets/tablet/")


@router.get("/{tablet_id}/list.json")
def send_list(visit: Visiting, at: AtTable) -> Response:
    """The day's sheets and who is expected on each. `until` is when a tablet must have forgotten
    them."""
    with visit.desk.database.read() as connection:
        rows = sheets_of(connection, at.tablet.conference)
        sheets = [
            {
                "id": row.sheet.id,
                "title": title_of(row.sheet, visit.language),
                "when": when(row.sheet, visit.language, at.zone),
                "statement": statement(row.sheet, visit.language, at.zone),
                "people": [
                    _told(each)
                    for each in expected(connection, row.sheet.id)
                    if each.counts and not each.erased
                ],
            }
            for row in rows
            if row.sheet.state != "withdrawn"
        ]
    answer = {"now": now().isoformat(), "until": at.until.isoformat(), "sheets": sheets}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.post("/{tablet_id}/entries")
def receive_entries(body: SentEntries, visit: Visiting, at: FromTablet) -> Response:
    """Signatures of this moment, or of when there was no network: what became of each."""
    answers = [_receive(visit, at, sent) for sent in body.entries]
    return JSONResponse({"now": now().isoformat(), "answers": answers})


def _receive(visit: Visit, at: Table, sent: SentEntry) -> dict[str, str]:
    try:
        _check_sheet(visit, at, sent.sheet)
        strokes = None if sent.strokes is None else Strokes.parse(json.dumps(sent.strokes).encode())
        sign(
            visit.desk.signing,
            sent.sheet,
            sent.person,
            by=at.by,
            at=sent.at,
            strokes=strokes,
            key=f"tablet:{at.tablet.id}:{sent.key}",
            queued=sent.queued,
        )
    except Refused as refused:
        return {"key": sent.key, "why": refusal_words(refused, visit.language, at.zone)}
    return {"key": sent.key}


def _check_sheet(visit: Visit, at: Table, sheet_id: str) -> None:
    """Raises Refused: a tablet signs sheets of its own conference."""
    with visit.desk.database.read() as connection:
        sheet = sheet_by_id(connection, sheet_id)
    if sheet.conference != at.tablet.conference:
        raise Refused("unknown", "sheet")


def _told(person: Person) -> dict[str, Any]:
    return {
        "id": person.registration_id,
        "name": person.name,
        "organisation": person.organisation,
        "signed_at": person.signed_at.isoformat() if person.signed_at else None,
    }

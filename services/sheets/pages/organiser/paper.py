"""A sheet that was signed on paper: its scan is kept, and whoever signed there is ticked."""

from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.lists.expected import expected
from services.sheets.pages.at_desk import Visit, Visiting, key_of
from services.sheets.pages.host import moment_of
from services.sheets.pages.organiser.here import (
    MOST_PEOPLE,
    At,
    OfSheet,
    address,
    by_organiser,
    zone_of,
)
from services.sheets.pages.organiser.people import MOST_REASON
from services.sheets.pages.words import refusal_words
from services.sheets.signing.papers import open_paper, type_of
from services.sheets.signing.signing import transcribe
from shared.http.documents import document
from shared.pages.visit import Here, form_of, typed
from shared.words.filenames import file_name

router = APIRouter(prefix="/organiser/{slug}/sheets/{sheet_id}/paper")

Form = Annotated[FormData, Depends(form_of(fields=MOST_PEOPLE + 10, files=1, field_size=4096))]


@router.get("")
def show_form(visit: Visiting, at: At, sheet: OfSheet) -> Response:
    return _page(visit, at, sheet)


@router.get("/{paper_id}")
def fetch_scan(paper_id: str, visit: Visiting, at: At, sheet: OfSheet) -> Response:
    """For organisers alone: it has everybody's signature who was there."""
    if not at.who.may_change:
        return visit.error(HTTPStatus.FORBIDDEN)
    with visit.desk.database.read() as connection:
        scan = open_paper(connection, visit.desk.signing.keyring, sheet.id, paper_id)
    if scan is None:
        return visit.error(HTTPStatus.NOT_FOUND)
    media_type, ending = type_of(scan)
    name = file_name(sheet.title, paper_id[:8], extension=ending[1:])
    return document(scan, name, media_type)


@router.post("")
def transcribe_paper(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    """Each entry says by whom it was transcribed, and from which scan."""
    ticked = [each for each in form.getlist("person") if isinstance(each, str)]
    if not ticked:
        gettext = visit.language.gettext
        complaint = gettext("Tick whoever has signed on the paper.")
        return _page(visit, at, sheet, complaint=complaint, status=422)
    try:
        _transcribe(visit, at, sheet, form, ticked)
    except Refused as refused:
        complaint = _words(visit, at, refused)
        return _page(visit, at, sheet, complaint=complaint, ticked=ticked, status=422)
    return RedirectResponse(address(at, sheet, said="transcribed"), 303)


def _transcribe(
    visit: Visit, at: Here, sheet: SheetRecord, form: FormData, ticked: list[str]
) -> None:
    """Again with the same key, what was done is done. Raises Refused."""
    file = form.get("scan")
    scan = file.file.read() if isinstance(file, UploadFile) and file.filename else b""
    moment = moment_of(sheet, zone_of(at), typed(form, "time"))
    paper: bytes | str = scan
    for who in ticked:
        key = key_of(form, f"paper:{who[:60]}")
        signed = transcribe(
            visit.desk.signing,
            sheet.id,
            who[:60],
            by=by_organiser(at),
            at=moment,
            key=key,
            paper=paper or None,
            reason=typed(form, "reason")[:MOST_REASON],
        )
        if signed.entry.key == key:  # else they had signed before, and nothing was copied
            paper = signed.entry.picture_id or paper


def _words(visit: Visit, at: Here, refused: Refused) -> str:
    gettext = visit.language.gettext
    if refused.field == "paper" and refused.code == "malformed":
        return gettext("Scan: a PDF, JPEG or PNG is wanted.")
    if refused.field == "paper":
        return gettext("A scan may have at most 10 MB.")
    return refusal_words(refused, visit.language, zone_of(at))


def _page(
    visit: Visit,
    at: Here,
    sheet: SheetRecord,
    *,
    complaint: str = "",
    ticked: list[str] | None = None,
    status: int = 200,
) -> Response:
    with visit.desk.database.read() as connection:
        people = [each for each in expected(connection, sheet.id) if not each.erased]
    return visit.page(
        "organiser/paper.html",
        status=status,
        **at.words,
        sheet=sheet,
        people=people,
        ticked=ticked or [],
        key=token_urlsafe(12),
        clock=sheet.starts_at.astimezone(ZoneInfo(zone_of(at))).strftime("%H:%M"),
        complaint=complaint,
    )

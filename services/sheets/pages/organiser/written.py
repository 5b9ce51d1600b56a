"""A presence that the organiser writes down, with its reason: of anybody of the day, also of
whoever could not sign since they are on no list, or lost their place."""

from secrets import token_urlsafe
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.lists.people import people_called
from services.sheets.pages.at_desk import Visit, Visiting, key_of
from services.sheets.pages.host import moment_of
from services.sheets.pages.organiser.here import At, Form, OfSheet, address, by_organiser, zone_of
from services.sheets.pages.organiser.people import MOST_REASON
from services.sheets.pages.words import refusal_words
from services.sheets.signing.signing import write_down
from shared.pages.visit import Here, typed

router = APIRouter(prefix="/organiser/{slug}/sheets/{sheet_id}/written")

MOST_SOUGHT = 100


@router.get("")
def show_form(
    visit: Visiting,
    at: At,
    sheet: OfSheet,
    q: Annotated[str, Query(max_length=MOST_SOUGHT)] = "",
) -> Response:
    return _page(visit, at, sheet, q)


@router.post("")
def write_presence(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    q, who = typed(form, "q")[:MOST_SOUGHT], typed(form, "person")[:60]
    try:
        write_down(
            visit.desk.signing,
            sheet.id,
            who,
            by=by_organiser(at),
            at=moment_of(sheet, zone_of(at), typed(form, "time")),
            reason=typed(form, "reason")[:MOST_REASON],
            key=key_of(form, f"written:{who}"),
        )
    except Refused as refused:
        gettext = visit.language.gettext
        complaint = refusal_words(refused, visit.language, zone_of(at))
        if not who:
            complaint = gettext("Choose whose presence it is.")
        return _page(visit, at, sheet, q, complaint=complaint, status=422)
    return RedirectResponse(address(at, sheet, said="written-down"), 303)


def _page(
    visit: Visit, at: Here, sheet: SheetRecord, q: str, *, complaint: str = "", status: int = 200
) -> Response:
    with visit.desk.database.read() as connection:
        found = people_called(connection, at.slug, q)
    return visit.page(
        "organiser/written.html",
        status=status,
        **at.words,
        sheet=sheet,
        found=found,
        q=q,
        key=token_urlsafe(12),
        clock=sheet.starts_at.astimezone(ZoneInfo(zone_of(at))).strftime("%H:%M"),
        complaint=complaint,
    )

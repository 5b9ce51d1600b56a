"""One sheet: who signed and how, who is missing, what is to be looked at, and corrections, each
with its reason."""

from secrets import token_urlsafe
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seal_by_number
from services.sheets.hosts.hosting import hosts_of
from services.sheets.lists.expected import expected
from services.sheets.pages.at_desk import Visit, Visiting, key_of
from services.sheets.pages.host import moment_of
from services.sheets.pages.organiser.here import (
    At,
    Form,
    OfSheet,
    address,
    by_organiser,
    zone_of,
)
from services.sheets.pages.words import refusal_words
from services.sheets.room.devices import AFTER_DAY, devices_of
from services.sheets.signing.papers import papers_of
from services.sheets.signing.refused import refusals_of
from services.sheets.signing.signing import arrive, leave, settle, strike
from shared.pages.visit import Here, typed

router = APIRouter(prefix="/organiser/{slug}/sheets/{sheet_id}")

MOST_REASON = 500
Said = Literal[
    "",
    "struck",
    "noted",
    "transcribed",
    "written-down",
    "named",
    "written",
    "ended",
    "late",
    "scan",
]


@router.get("")
def show_sheet(visit: Visiting, at: At, sheet: OfSheet, said: Said = "") -> Response:
    return sheet_page(visit, at, sheet, said=said)


@router.post("/strike")
def strike_signature(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    who, reason = typed(form, "person")[:60], typed(form, "reason")[:MOST_REASON]
    key = key_of(form, f"strike:{who}")
    try:
        strike(visit.desk.signing, sheet.id, who, by=by_organiser(at), reason=reason, key=key)
    except Refused as refused:
        return _refused(visit, at, sheet, refused)
    return RedirectResponse(address(at, sheet, said="struck"), 303)


@router.post("/settle")
def settle_marks(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    """What was odd about a signature was looked at, and it counts."""
    who, reason = typed(form, "person")[:60], typed(form, "reason")[:MOST_REASON]
    key = key_of(form, f"settle:{who}")
    try:
        settle(visit.desk.signing, sheet.id, who, by=by_organiser(at), reason=reason, key=key)
    except Refused as refused:
        return _refused(visit, at, sheet, refused)
    return RedirectResponse(address(at, sheet, said="noted"), 303)


@router.post("/times")
def correct_times(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    """Somebody came late or left early."""
    who, what = typed(form, "person")[:60], typed(form, "what")
    act, key = (leave if what == "left" else arrive), key_of(form, f"{what[:10]}:{who}")
    try:
        moment = moment_of(sheet, zone_of(at), typed(form, "time"))
        act(
            visit.desk.signing,
            sheet.id,
            who,
            by=by_organiser(at),
            at=moment,
            key=key,
            reason=typed(form, "reason")[:MOST_REASON],
        )
    except Refused as refused:
        return _refused(visit, at, sheet, refused)
    return RedirectResponse(address(at, sheet, said="noted"), 303)


def sheet_page(
    visit: Visit,
    at: Here,
    sheet: SheetRecord,
    *,
    said: str = "",
    complaint: str = "",
    status: int = 200,
) -> Response:
    openings = visit.desk.openings
    with visit.desk.database.read() as connection:
        people = expected(connection, sheet.id)
        hosts = hosts_of(connection, sheet.id)
        refusals = [each for each in refusals_of(connection, at.slug) if each.sheet_id == sheet.id]
        seal = seal_by_number(connection, sheet.id, sheet.seal) if sheet.seal else None
        papers = papers_of(connection, sheet.id)
        devices = devices_of(connection, at.slug)
    screens = [each for each in devices if each.sheet_id == sheet.id]
    links = {
        host.id: visit.desk.settings.public_url
        + openings.link("host", host.id, host.opens_until(sheet))
        for host in hosts
        if at.who.may_change
    }
    if at.conference is not None and at.who.may_change:
        until = at.conference.ends_at + AFTER_DAY
        links |= {each.id: openings.link("screen", each.id, until) for each in screens}
    return visit.page(
        "organiser/sheet.html",
        status=status,
        **at.words,
        sheet=sheet,
        signed=[each for each in people if each.signed_at],
        missing=[each for each in people if each.expected and not each.signed_at],
        listed=sum(each.counts for each in people),
        hosts=hosts,
        takes_part={host.id for host in hosts if any(host.is_called(each.name) for each in people)},
        screens=screens,
        links=links,
        refusals=refusals,
        papers=papers,
        changed=seal is not None and sheet.length > seal.entries,
        key=token_urlsafe(12),
        said=said,
        complaint=complaint,
    )


def _refused(visit: Visit, at: Here, sheet: SheetRecord, refused: Refused) -> Response:
    complaint = refusal_words(refused, visit.language, zone_of(at))
    return sheet_page(visit, at, sheet, complaint=complaint, status=422)

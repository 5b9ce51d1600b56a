"""The room's screen: a QR and a code that change every 20 seconds, how many have signed."""

import math
from datetime import datetime, timedelta

import segno
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from services.sheets.base.records import SheetRecord
from services.sheets.lists.expected import counted
from services.sheets.pages.at_desk import Visit, Visiting, conference_of, find_sheet
from services.sheets.pages.opening import NotByLink
from services.sheets.room.codes import Shown
from services.sheets.room.devices import AFTER_DAY, device_by_id
from services.sheets.room.gathering import has_code
from shared.base.clock import now

router = APIRouter(prefix="/sheets/screen")

LEAST = 1  # seconds until a screen asks for the next code


@router.get("/{device_id}")
def show_screen(device_id: str, request: Request, visit: Visiting) -> Response:
    desk, moment = visit.desk, now()
    if not desk.openings.is_open(request, "screen", device_id):
        raise NotByLink
    with desk.database.read() as connection:
        screen = device_by_id(connection, device_id, "screen")
        if screen is None or screen.sheet_id is None:
            return visit.error(404)
        conference = conference_of(connection, screen.conference)
        until = conference.ends_at + AFTER_DAY
        if not screen.is_living or moment >= until:
            gettext = visit.language.gettext
            return visit.error(410, gettext("This screen was ended, or its day is over."))
        sheet = find_sheet(connection, screen.sheet_id)
        row = counted(connection, sheet)
    way_in = desk.openings.let_in(request, "screen", device_id, until)
    if way_in is not None:
        return way_in
    shown = desk.codes.shown(sheet.id, moment) if has_code(sheet, moment) else None
    return visit.page(
        "screen.html",
        sheet=sheet,
        zone=conference.timezone,
        shown=shown,
        seconds=_seconds(shown, moment),
        qr=_qr(visit, sheet, shown),
        address=f"{desk.settings.public_url.partition('://')[2]}/sheets/here",
        closed=_closed(visit, sheet, conference.timezone, moment),
        signed=row.signed,
        expected=row.expected,
    )


def _seconds(shown: Shown | None, moment: datetime) -> int:
    if shown is None:
        return 60
    return max(LEAST, math.ceil((shown.until - moment) / timedelta(seconds=1)))


def _qr(visit: Visit, sheet: SheetRecord, shown: Shown | None) -> Markup:
    if shown is None:
        return Markup()
    address = f"{visit.desk.settings.public_url}/sheets/here/{sheet.id}/{shown.code}"
    # A screen is not scratched as paper is: coarser squares are read from further away.
    drawn = segno.make(address, error="m", micro=False, boost_error=False)
    svg = drawn.svg_inline(dark="#000000", light="#ffffff", omitsize=True)
    return Markup(svg)  # noqa: S704  squares, and no word of anybody's


def _closed(visit: Visit, sheet: SheetRecord, zone: str, moment: datetime) -> str:
    """Why there is no code."""
    gettext = visit.language.gettext
    if sheet.state == "sealed":
        return gettext("This sheet is sealed.")
    if sheet.state == "withdrawn":
        return gettext("This session is no longer in the programme.")
    if moment < sheet.starts_at:
        time = visit.language.time(sheet.starts_at, zone)
        return gettext("The code comes shortly before the session begins, at %(time)s.") % {
            "time": time
        }
    return gettext("The session is over: thank you.")

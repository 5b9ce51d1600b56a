"""Tablets and screens: their links made, listed and ended."""

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.sheets.pages.at_desk import Visit, Visiting
from services.sheets.pages.organiser.here import At, Form, OfSheet, address
from services.sheets.room.devices import AFTER_DAY, LATE, add_device, devices_of, end_device
from shared.pages.visit import Here, typed

router = APIRouter(prefix="/organiser/{slug}/sheets")

MOST_NAME = 60
Said = Literal["", "made", "ended", "late"]


@router.get("/tablets")
def show_tablets(visit: Visiting, at: At, said: Said = "") -> Response:
    return _tablets(visit, at, said=said)


@router.post("/tablets")
def add_tablet(visit: Visiting, at: At, form: Form) -> Response:
    name = typed(form, "name").strip()
    gettext = visit.language.gettext
    if not name or len(name) > MOST_NAME:
        complaint = gettext("Name: say what it is called, in at most 60 signs.")
        return _tablets(visit, at, complaint=complaint, status=422)
    if add_device(visit.desk.database, at.slug, "tablet", name, at.who.name) is None:
        complaint = gettext("There are too many already: end one first.")
        return _tablets(visit, at, complaint=complaint, status=409)
    return RedirectResponse(f"{at.address}/tablets?said=made", 303)


@router.post("/tablets/{device_id}/end")
def end_tablet(device_id: str, visit: Visiting, at: At) -> Response:
    done = end_device(visit.desk.database, at.slug, device_id, at.who.name)
    return RedirectResponse(f"{at.address}/tablets?said={'ended' if done else 'late'}", 303)


@router.post("/{sheet_id}/screens")
def open_screen(visit: Visiting, at: At, sheet: OfSheet) -> Response:
    """Leads to the screen itself: this is the machine that shows it, or the link is copied."""
    name = add_device(visit.desk.database, at.slug, "screen", "", at.who.name, sheet.id)
    if name is None or at.conference is None:
        return RedirectResponse(address(at, sheet, said="late"), 303)
    until = at.conference.ends_at + AFTER_DAY
    return RedirectResponse(visit.desk.openings.link("screen", name, until), 303)


@router.post("/{sheet_id}/screens/{device_id}/end")
def end_screen(device_id: str, visit: Visiting, at: At, sheet: OfSheet) -> Response:
    done = end_device(visit.desk.database, at.slug, device_id, at.who.name)
    return RedirectResponse(address(at, sheet, said="ended" if done else "late"), 303)


def _tablets(
    visit: Visit, at: Here, *, said: str = "", complaint: str = "", status: int = 200
) -> Response:
    with visit.desk.database.read() as connection:
        tablets = [each for each in devices_of(connection, at.slug) if each.kind == "tablet"]
    links = {}
    if at.conference is not None and at.who.may_change:
        until = at.conference.ends_at + LATE
        openings, origin = visit.desk.openings, visit.desk.settings.public_url
        links = {each.id: origin + openings.link("tablet", each.id, until) for each in tablets}
    return visit.page(
        "organiser/tablets.html",
        status=status,
        **at.words,
        tablets=tablets,
        links=links,
        until=at.conference.ends_at + AFTER_DAY if at.conference else None,
        said=said,
        complaint=complaint,
    )

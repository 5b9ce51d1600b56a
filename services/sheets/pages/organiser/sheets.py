"""All sheets of a conference: how many have signed, and what there is a sheet of."""

from typing import Literal, get_args

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.sheets.base.refusals import Refused
from services.sheets.base.units import UnitKind
from services.sheets.lists.choices import YEARS, Purpose, choice_of, signed_unit
from services.sheets.lists.choosing import make_choice
from services.sheets.lists.expected import sheets_of
from services.sheets.pages.at_desk import Visit, Visiting
from services.sheets.pages.organiser.here import At, Form, address, zone_of
from services.sheets.pages.words import refusal_words
from services.sheets.signing.refused import refusals_of
from shared.pages.visit import Here, typed

router = APIRouter(prefix="/organiser/{slug}/sheets")

Said = Literal["", "chosen", "ended", "late"]


@router.get("")
def show_sheets(visit: Visiting, at: At, said: Said = "") -> Response:
    return _page(visit, at, said=said)


@router.post("/choice")
def choose_unit(visit: Visiting, at: At, form: Form) -> Response:
    """What there is a sheet of, and who may ask for it for how long."""
    unit, purpose = typed(form, "unit"), typed(form, "purpose")
    known_unit: UnitKind | None = next((u for u in get_args(UnitKind) if u == unit), None)
    known_purpose: Purpose | None = next((p for p in YEARS if p == purpose), None)
    if known_unit is None or known_purpose is None or at.conference is None:
        gettext = visit.language.gettext
        return _page(visit, at, complaint=gettext("Choose one of each."), status=422)
    try:
        log = visit.desk.signing.log
        make_choice(visit.desk.database, log, at.slug, known_unit, known_purpose, actor=at.who.name)
    except Refused as refused:
        complaint = refusal_words(refused, visit.language, zone_of(at))
        return _page(visit, at, complaint=complaint, status=409)
    return RedirectResponse(address(at, said="chosen"), 303)


def _page(
    visit: Visit, at: Here, *, said: str = "", complaint: str = "", status: int = 200
) -> Response:
    with visit.desk.database.read() as connection:
        rows = sheets_of(connection, at.slug)
        choice = choice_of(connection, at.slug)
        refusals = refusals_of(connection, at.slug)
        is_signed = signed_unit(connection, at.slug) is not None
    return visit.page(
        "organiser/sheets.html",
        status=status,
        **at.words,
        rows=rows,
        sheets={row.sheet.id: row.sheet for row in rows},
        choice=choice,
        years=YEARS,
        is_signed=is_signed,
        refusals=refusals,
        said=said,
        complaint=complaint,
    )

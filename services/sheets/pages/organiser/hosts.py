"""The hosts of a sheet: named, corrected, written to, taken off."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.sheets.hosts.hosting import correct_host, end_host, name_host, write_again
from services.sheets.pages.at_desk import Visit, Visiting
from services.sheets.pages.organiser.here import At, Form, OfSheet, address
from services.sheets.pages.organiser.people import sheet_page
from shared.events.parts import Locale
from shared.pages.visit import typed

router = APIRouter(prefix="/organiser/{slug}/sheets/{sheet_id}/hosts")

MOST_NAME = 100
MOST_ADDRESS = 320


@router.post("")
def add_host(visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    name, email = typed(form, "name").strip(), typed(form, "email").strip()
    if complaint := _faults(visit, name, email):
        return sheet_page(visit, at, sheet, complaint=complaint, status=422)
    locale: Locale = "en" if typed(form, "locale") == "en" else "fr"
    name_host(visit.desk.database, sheet, name, email, locale, at.who.name)
    return RedirectResponse(address(at, sheet, said="named"), 303)


@router.post("/{host_id}")
def change_host(host_id: str, visit: Visiting, at: At, sheet: OfSheet, form: Form) -> Response:
    name, email = typed(form, "name").strip(), typed(form, "email").strip()
    if complaint := _faults(visit, name, email):
        return sheet_page(visit, at, sheet, complaint=complaint, status=422)
    done = correct_host(visit.desk.signing, sheet, host_id, name, email, at.who.name)
    return RedirectResponse(address(at, sheet, said="named" if done else "late"), 303)


@router.post("/{host_id}/letter")
def send_letter(host_id: str, visit: Visiting, at: At, sheet: OfSheet) -> Response:
    done = write_again(visit.desk.database, sheet, host_id, at.who.name)
    return RedirectResponse(address(at, sheet, said="written" if done else "late"), 303)


@router.post("/{host_id}/end")
def take_off(host_id: str, visit: Visiting, at: At, sheet: OfSheet) -> Response:
    done = end_host(visit.desk.signing, sheet, host_id, at.who.name)
    return RedirectResponse(address(at, sheet, said="ended" if done else "late"), 303)


def _faults(visit: Visit, name: str, email: str) -> str:
    gettext = visit.language.gettext
    if not name or len(name) > MOST_NAME:
        return gettext("Name: say who hosts, in at most 100 signs.")
    if email and ("@" not in email[1:-1] or " " in email or len(email) > MOST_ADDRESS):
        return gettext("Address: that is none. One looks like name@example.org.")
    return ""

"""On one's own phone: the code of the room's screen, who one is, a signature, done."""

from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused, Rule
from services.sheets.lists.expected import Person, person_on
from services.sheets.pages.at_desk import (
    Form,
    Visit,
    Visiting,
    conference_of,
    drawn,
    find_sheet,
    key_of,
)
from services.sheets.pages.words import code_words, refusal_words, statement, stranger_words
from services.sheets.room.codes import Read
from services.sheets.room.gathering import sheets_at
from services.sheets.room.recognising import is_address, recognise
from services.sheets.room.tickets import IN_ROOM, KNOWN
from services.sheets.signing.refused import note
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.http.limits import FromNetwork, Limit
from shared.pages.visit import typed

router = APIRouter(prefix="/sheets")

# What a visitor may guess wrong. A code that was right a moment ago, or is of another room, costs
# nothing: behind one address sits a whole venue.
CODES = Limit("guessed codes of rooms from one network", most=60, every=6)
CODES_OF_SHEET = Limit("guessed codes of one sheet", most=500, every=5)
NAMES = Limit("guessed names at sheets from one network", most=60, every=5)
NAMES_OF_SHEET = Limit("guessed names at one sheet", most=500, every=5)

ROOM_COOKIE = "emarge-sheets-room"
PERSON_COOKIE = "emarge-sheets-person"
PAGE = "/sheets/sign"
MOST_TYPED = 100


@router.get("/here")
def ask_code(visit: Visiting) -> Response:
    return visit.page("phone/code.html", complaint="")


@router.post("/here")
def read_typed(visit: Visiting, form: Form, network: FromNetwork) -> Response:
    """A code by itself says which sheet it is for."""
    visit.desk.limits.check(CODES, network)
    moment = now()
    with visit.desk.database.read() as connection:
        others = [sheet.id for sheet in sheets_at(connection, moment)]
    read = visit.desk.codes.read(typed(form, "code")[:MOST_TYPED], moment, None, others)
    if read.verdict != "right" or read.sheet is None:
        return _wrong_code(visit, read, network)
    return _let_in(visit, read.sheet)


@router.get("/here/{sheet_id}/{code}")
def read_scanned(sheet_id: str, code: str, visit: Visiting, network: FromNetwork) -> Response:
    """What the QR on the screen leads to."""
    visit.desk.limits.check(CODES, network)
    visit.desk.limits.check(CODES_OF_SHEET, sheet_id)
    moment = now()
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id)
        others = [each.id for each in sheets_at(connection, moment, sheet.conference)]
        read = visit.desk.codes.read(code[:MOST_TYPED], moment, sheet.id, others)
        is_other = read.verdict == "other-room" and read.sheet is not None
        other = find_sheet(connection, str(read.sheet)) if is_other else None
    if read.verdict != "right":
        return _wrong_code(visit, read, network, sheet.id, other)
    return _let_in(visit, sheet.id)


@router.get("/sign/{sheet_id}")
def show_sheet(sheet_id: str, visit: Visiting) -> Response:
    """Whoever has signed sees that; others sign, once it is known who they are."""
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id)
        zone = conference_of(connection, sheet.conference).timezone
        person = person_on(connection, sheet, _known(visit))
    in_room = _is_in_room(visit, sheet)
    words: dict[str, Any] = {"sheet": sheet, "zone": zone, "person": person}
    if person is not None and person.signed_at is not None:
        return visit.page("phone/done.html", in_room=in_room, **words)
    if not in_room:
        return _not_in_room(visit)
    if person is None:
        return visit.page("phone/who.html", complaint="", last_name="", **words)
    return _sign_page(visit, sheet, zone, person)


@router.post("/sign/{sheet_id}/who")
def say_who(sheet_id: str, visit: Visiting, form: Form, network: FromNetwork) -> Response:
    limits = visit.desk.limits
    limits.check(NAMES, network)
    limits.check(NAMES_OF_SHEET, sheet_id)
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id)
        zone = conference_of(connection, sheet.conference).timezone
        if not _is_in_room(visit, sheet):
            return _not_in_room(visit)
        name, code = typed(form, "last_name")[:MOST_TYPED], typed(form, "code")[:400]
        who = recognise(connection, sheet.conference, code, name)
        person = person_on(connection, sheet, who)
    if who is None:
        limits.spend(NAMES, network)
        limits.spend(NAMES_OF_SHEET, sheet_id)
        return visit.page(
            "phone/who.html",
            status=422,
            sheet=sheet,
            zone=zone,
            person=None,
            complaint=stranger_words(visit.language, by_link=is_address(code)),
            last_name=name,
        )
    if person is not None and not person.expected and person.signed_at is None:
        # Told before they draw, and seen by the organiser as if they had.
        rule: Rule = "cancelled" if person.status == "cancelled" else "not-on-list"
        refused, by = Refused(rule, "registration"), By("person", source="phone")
        note(visit.desk.database, sheet.id, person.registration_id, refused, by)
        complaint = refusal_words(refused, visit.language, zone)
        return _refused(visit, visit.language.gettext("Not signed"), complaint, 409, sheet, person)
    response = RedirectResponse(f"{PAGE}/{sheet.id}", 303)
    _set(visit, response, PERSON_COOKIE, visit.desk.tickets.of_person(who), KNOWN)
    return response


@router.post("/sign/{sheet_id}/another")
def hand_on(sheet_id: str, visit: Visiting) -> Response:
    """The next one signs on this phone: it is not known who."""
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id)
    response = RedirectResponse(f"{PAGE}/{sheet.id}", 303)
    response.delete_cookie(_name(visit, PERSON_COOKIE), path="/sheets", secure=visit.desk.secure)
    return response


@router.post("/sign/{sheet_id}")
def sign_sheet(sheet_id: str, visit: Visiting, form: Form) -> Response:
    with visit.desk.database.read() as connection:
        sheet = find_sheet(connection, sheet_id)
        zone = conference_of(connection, sheet.conference).timezone
        person = person_on(connection, sheet, _known(visit))
    if not _is_in_room(visit, sheet):
        return _not_in_room(visit)
    if person is None:
        return RedirectResponse(f"{PAGE}/{sheet.id}", 303)
    try:
        sign(
            visit.desk.signing,
            sheet.id,
            person.registration_id,
            by=By("person", source="phone"),
            at=now(),
            strokes=drawn(form),
            key=key_of(form, f"phone:{person.registration_id}"),
        )
    except Refused as refused:
        complaint = refusal_words(refused, visit.language, zone)
        if refused.field == "strokes":
            return _sign_page(visit, sheet, zone, person, complaint, status=422)
        return _refused(visit, visit.language.gettext("Not signed"), complaint, 409, sheet, person)
    return RedirectResponse(f"{PAGE}/{sheet.id}", 303)


def _sign_page(
    visit: Visit,
    sheet: SheetRecord,
    zone: str,
    person: Person,
    complaint: str = "",
    *,
    status: int = 200,
) -> Response:
    return visit.page(
        "phone/sign.html",
        status=status,
        sheet=sheet,
        zone=zone,
        person=person,
        statement=statement(sheet, visit.language, zone),
        key=token_urlsafe(12),
        complaint=complaint,
    )


def _wrong_code(
    visit: Visit,
    read: Read,
    network: str,
    sheet_id: str | None = None,
    other: SheetRecord | None = None,
) -> Response:
    if read.is_guess:
        visit.desk.limits.spend(CODES, network)
        if sheet_id is not None:
            visit.desk.limits.spend(CODES_OF_SHEET, sheet_id)
    complaint = code_words(read.verdict, visit.language, other)
    return visit.page("phone/code.html", status=403, complaint=complaint)


def _let_in(visit: Visit, sheet_id: str) -> Response:
    response = RedirectResponse(f"{PAGE}/{sheet_id}", 303)
    response.headers["Cache-Control"] = "no-store"
    _set(visit, response, ROOM_COOKIE, visit.desk.tickets.of_room(sheet_id), IN_ROOM)
    return response


def _not_in_room(visit: Visit) -> Response:
    gettext = visit.language.gettext
    detail = gettext(
        "To sign, scan the code that the room’s screen shows now: this shows that you are there."
    )
    return _refused(visit, gettext("Look at the screen"), detail, 403)


def _refused(
    visit: Visit,
    title: str,
    detail: str,
    status: int,
    sheet: SheetRecord | None = None,
    person: Person | None = None,
) -> Response:
    words: dict[str, Any] = {"title": title, "detail": detail, "sheet": sheet, "person": person}
    return visit.page("phone/refused.html", status=status, **words)


def _is_in_room(visit: Visit, sheet: SheetRecord) -> bool:
    ticket = visit.request.cookies.get(_name(visit, ROOM_COOKIE), "")
    return visit.desk.tickets.is_in_room(ticket, sheet.id)


def _known(visit: Visit) -> str | None:
    ticket = visit.request.cookies.get(_name(visit, PERSON_COOKIE), "")
    return visit.desk.tickets.person(ticket)


def _set(visit: Visit, response: Response, name: str, value: str, lasts: int) -> None:
    response.set_cookie(
        _name(visit, name),
        value,
        max_age=lasts,
        path="/sheets",
        httponly=True,
        samesite="lax",
        secure=visit.desk.secure,
    )


def _name(visit: Visit, name: str) -> str:
    return f"__Secure-{name}" if visit.desk.secure else name

"""A host's own page: who has signed and who is missing, who came late or left early, and their own
signature under it all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from secrets import token_urlsafe
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seal_by_number
from services.sheets.hosts.hosting import Host, host_by_id, note_signed
from services.sheets.lists.expected import Person, expected
from services.sheets.pages.at_desk import (
    Form,
    Visit,
    Visiting,
    conference_of,
    drawn,
    find_sheet,
    key_of,
)
from services.sheets.pages.opening import NotByLink
from services.sheets.pages.sealed_document import link_of
from services.sheets.pages.words import host_statement, refusal_words
from services.sheets.signing.signing import By, Signed, arrive, countersign, leave
from shared.base.clock import now
from shared.pages.visit import typed

router = APIRouter(prefix="/sheets/host/{host_id}")


class LinkOver(Exception):
    """The link was a host's, and opens nothing any more."""


@dataclass(frozen=True)
class Hosting:
    """A host on their page."""

    host: Host
    sheet: SheetRecord
    zone: str

    @property
    def by(self) -> By:
        return By("host", self.host.name, "host")

    @property
    def until(self) -> datetime:
        return self.host.opens_until(self.sheet)

    @property
    def address(self) -> str:
        return f"/sheets/host/{self.host.id}"


def hosting_of(host_id: str, request: Request, visit: Visiting) -> Hosting:
    if not visit.desk.openings.is_open(request, "host", host_id):
        raise NotByLink
    with visit.desk.database.read() as connection:
        host = host_by_id(connection, host_id)
        if host is None:
            raise HTTPException(404)
        sheet = find_sheet(connection, host.sheet_id)
        conference = conference_of(connection, sheet.conference)
    if host.ended_at is not None or now() >= host.opens_until(sheet):
        raise LinkOver
    return Hosting(host, sheet, conference.timezone)


AsHost = Annotated[Hosting, Depends(hosting_of)]


@router.get("")
def show_list(
    request: Request, visit: Visiting, at: AsHost, said: Literal["", "noted"] = ""
) -> Response:
    way_in = visit.desk.openings.let_in(request, "host", at.host.id, at.until)
    return way_in or _page(visit, at, said=said)


@router.post("")
def sign_under(visit: Visiting, at: AsHost, form: Form) -> Response:
    try:
        signed = countersign(
            visit.desk.signing,
            at.sheet.id,
            by=at.by,
            at=now(),
            strokes=drawn(form),
            key=key_of(form, f"host:{at.host.id}"),
        )
    except Refused as refused:
        return _refused(visit, at, refused)
    note_signed(visit.desk.database, at.host.id, signed.entry.at)
    return RedirectResponse(at.address, 303)


@router.post("/arrived")
def mark_late(visit: Visiting, at: AsHost, form: Form) -> Response:
    return _mark(visit, at, form, "arrived", arrive)


@router.post("/left")
def mark_gone(visit: Visiting, at: AsHost, form: Form) -> Response:
    return _mark(visit, at, form, "left", leave)


def _mark(
    visit: Visit, at: Hosting, form: Form, what: str, done: Callable[..., Signed]
) -> Response:
    who = typed(form, "person")[:60]
    try:
        moment = moment_of(at.sheet, at.zone, typed(form, "time"))
        key = key_of(form, f"host:{at.host.id}:{what}:{who}")
        done(visit.desk.signing, at.sheet.id, who, by=at.by, at=moment, key=key)
    except Refused as refused:
        return _refused(visit, at, refused)
    return RedirectResponse(f"{at.address}?said=noted", 303)


def moment_of(sheet: SheetRecord, zone: str, clock: str) -> datetime:
    """A time of the day, as typed, on the day of the sheet: of a session past midnight, whichever
    is within it. Raises Refused."""
    try:
        hour = time.fromisoformat(clock)
    except ValueError:
        raise Refused("outside", "time") from None
    begins = sheet.starts_at.astimezone(ZoneInfo(zone))
    moment = _on(begins.date(), hour, zone)
    if (
        moment < sheet.starts_at
        and _on(begins.date() + timedelta(days=1), hour, zone) <= sheet.ends_at
    ):
        return _on(begins.date() + timedelta(days=1), hour, zone)
    return moment


def _on(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour.replace(tzinfo=None), ZoneInfo(zone))


def _refused(visit: Visit, at: Hosting, refused: Refused) -> Response:
    complaint = refusal_words(refused, visit.language, at.zone)
    return _page(visit, at, complaint=complaint, status=422)


def _page(
    visit: Visit, at: Hosting, *, complaint: str = "", said: str = "", status: int = 200
) -> Response:
    with visit.desk.database.read() as connection:
        people = [each for each in expected(connection, at.sheet.id) if each.counts]
        seal = seal_by_number(connection, at.sheet.id, at.sheet.seal) if at.sheet.seal else None
    keys, until = visit.desk.settings.keys, int(at.until.timestamp())
    moment = now()
    within = min(max(moment, at.sheet.starts_at), at.sheet.ends_at)
    return visit.page(
        "host.html",
        status=status,
        host=at.host,
        sheet=at.sheet,
        zone=at.zone,
        here=at.address,
        people=people,
        signed=[each for each in people if each.signed_at],
        missing=[each for each in people if not each.signed_at],
        also_participant=_takes_part(at.host, people),
        may_sign=at.sheet.state == "open" and moment >= at.sheet.starts_at,
        not_yet=_not_yet(visit, at),
        clock=within.astimezone(ZoneInfo(at.zone)).strftime("%H:%M"),
        statement=host_statement(at.sheet, visit.language, at.zone),
        key=token_urlsafe(12),
        until=at.until,
        document=link_of(seal.code, keys, until) if seal and seal.made else "",
        complaint=complaint,
        said=said,
    )


def _takes_part(host: Host, people: list[Person]) -> bool:
    return any(host.is_called(person.name) for person in people)


def _not_yet(visit: Visit, at: Hosting) -> str:
    gettext = visit.language.gettext
    if at.sheet.state == "sealed":
        return gettext("The sheet is sealed: what is to be corrected, the organiser corrects.")
    if at.sheet.state == "withdrawn":
        return gettext("This session is no longer in the programme: there is nothing to sign.")
    return gettext("You can countersign once the session has begun.")

"""Everybody registered, and each of them, for the organiser."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from services.registration.base.refusals import NotFound, Refusal
from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee.entry_form import WAIT
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.pages.attendee.own_registration import chosen_sessions
from services.registration.pages.sentences import refusal_words
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.pages.timetable import options_of
from services.registration.people.known_certificates import read_standing
from services.registration.people.table import EVERYONE, Filter, Order, read_table
from services.registration.programme.export import programme_yaml
from services.registration.responses.downloads import download_rows, download_sheet
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.rules import workshop_groups
from shared.pages.visit import OnSite

router = APIRouter(prefix="/organiser/{slug}")


@router.get("/registrations")
def show_table(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Viewer,
    q: Annotated[str, Query(max_length=100)] = "",
    status: Literal["", "confirmed", "waitlisted", "cancelled"] = "",
    session: str = "",
    order: Order = "-created",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    conference = desk.programmes.fresh(slug)
    wanted = Filter(q.strip(), status, session)
    with desk.database.read() as connection:
        table = read_table(connection, conference, wanted, order, page)
    return site.page(
        request,
        "organiser/people.html",
        who=who,
        conference=conference,
        wanted=wanted,
        order=order,
        table=table,
        chosen=[session for session in conference.sessions if session.is_chosen],
    )


@router.get("/registrations.csv")
def download_csv(slug: str, desk: AtDesk, _who: Organiser) -> StreamingResponse:
    return download_rows(desk, desk.programmes.fresh(slug), EVERYONE, "csv")


@router.get("/registrations.xlsx")
def download_xlsx(slug: str, desk: AtDesk, _who: Organiser) -> StreamingResponse:
    return download_rows(desk, desk.programmes.fresh(slug), EVERYONE, "xlsx")


@router.get("/programme.yaml")
def download_programme(slug: str, desk: AtDesk, _who: Viewer) -> Response:
    """To be changed and imported again."""
    return Response(
        programme_yaml(desk.programmes.fresh(slug)),
        media_type="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{slug}.yaml"'},
    )


@router.get("/sign-in-sheet.pdf")
def print_sheet(
    slug: str, request: Request, desk: AtDesk, _who: Organiser, session: str | None = None
) -> Response:
    """The sheet to sign at the door, of the day or of one session."""
    return download_sheet(slug, request, desk, session or None)


@router.get("/registrations/{registration_id}")
def show_person(
    slug: str,
    registration_id: str,
    visit: Visiting,
    who: Viewer,
    saved: bool = False,
) -> Response:
    return _person(visit, _one(visit.desk, slug, registration_id), who, saved=saved)


@router.post("/registrations/{registration_id}/sessions")
def move_person(
    slug: str,
    registration_id: str,
    visit: Visiting,
    desk: AtDesk,
    who: Organiser,
    form: Form,
) -> Response:
    own = _one(desk, slug, registration_id)
    chosen = chosen_sessions(form, own.conference)
    wanted = Change(
        sorted(choice.removeprefix(WAIT) for choice in chosen),
        waitlist=any(choice.startswith(WAIT) for choice in chosen),
    )
    try:
        change(desk, registration_id, wanted, as_organiser=True)
    except Refusal as refusal:
        own = _one(desk, slug, registration_id)
        words = refusal_words(refusal, own.conference, visit.language)
        return _person(visit, own, who, error=words, status=refusal.status)
    return RedirectResponse(f"/organiser/{slug}/registrations/{own.record.id}?saved=true", 303)


@router.post("/registrations/{registration_id}/cancel")
def cancel_person(slug: str, registration_id: str, desk: AtDesk, _who: Organiser) -> Response:
    own = _one(desk, slug, registration_id)
    cancel(desk, own.record.id)
    return RedirectResponse(f"/organiser/{slug}/registrations/{own.record.id}?saved=true", 303)


def _one(desk: Desk, slug: str, registration_id: str) -> OwnPlace:
    own = read_own_place(desk, desk.links.manage_token(registration_id))
    if own.conference.slug != slug:
        raise NotFound
    return own


def _person(
    visit: Visit,
    own: OwnPlace,
    who: SignedIn,
    *,
    status: int = 200,
    error: str = "",
    saved: bool = False,
) -> Response:
    with visit.desk.database.read() as connection:
        certificate = read_standing(connection, own.record, own.conference)
    return visit.page(
        "organiser/person.html",
        status=status,
        who=who,
        own=own,
        record=own.record,
        conference=own.conference,
        groups=workshop_groups(own.conference.sessions),
        options=options_of(own.conference),
        certificate=certificate,
        error=error,
        saved=saved,
    )

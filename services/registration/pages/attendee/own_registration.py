"""My registration, by the link in the email: seats, changes, cancelling."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.registration.base.person import PersonChange
from services.registration.base.refusals import Refusal
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee.entry_form import WAIT
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.pages.sentences import refusal_words, words_for
from services.registration.pages.timetable import options_of
from services.registration.programme.facts import Conference
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.rules import workshop_groups
from shared.base.clock import now
from shared.pages.visit import typed

router = APIRouter(prefix="/r/{token}")

DETAILS = ("first_name", "last_name", "organisation", "job_title")


@router.get("")
def show_registration(
    token: str, visit: Visiting, registered: int = 0, saved: bool = False
) -> Response:
    own = read_own_place(visit.desk, token)
    return _page(visit, own, registered=registered, saved=saved)


@router.post("/sessions")
def change_sessions(token: str, visit: Visiting, form: Form) -> Response:
    own = read_own_place(visit.desk, token)
    chosen = chosen_sessions(form, own.conference)
    wanted = Change(
        sorted(choice.removeprefix(WAIT) for choice in chosen),
        waitlist=any(choice.startswith(WAIT) for choice in chosen),
    )
    try:
        change(visit.desk, own.record.id, wanted)
    except Refusal as refusal:
        own = read_own_place(visit.desk, token)
        words = refusal_words(refusal, own.conference, visit.language)
        return _page(visit, own, status=refusal.status, seats_error=words, chosen=chosen)
    return RedirectResponse(f"/r/{token}?saved=true", 303)


@router.post("/details")
def change_details(token: str, visit: Visiting, form: Form) -> Response:
    own = read_own_place(visit.desk, token)
    language = visit.language
    values = {name: typed(form, name) for name in DETAILS}
    try:
        corrections = PersonChange.model_validate({**values, "locale": language.code})
    except ValidationError as error:
        errors = {str(each["loc"][0]): words_for(each, language) for each in error.errors()}
        return _page(visit, own, status=422, values=values, errors=errors)
    change(visit.desk, own.record.id, Change(person=corrections))
    return RedirectResponse(f"/r/{token}?saved=true", 303)


@router.get("/cancel")
def ask_cancel(token: str, visit: Visiting) -> Response:
    own = read_own_place(visit.desk, token)
    return visit.page("attendee/cancel.html", own=own, conference=own.conference)


@router.post("/cancel")
def cancel_registration(token: str, desk: AtDesk) -> Response:
    cancel(desk, read_own_place(desk, token).record.id)
    return RedirectResponse(f"/r/{token}", 303)


def chosen_sessions(form: FormData, conference: Conference) -> set[str]:
    """The choices as sent; one that was shown as full begins with WAIT."""
    chosen = {
        typed(form, f"workshop-{number}")
        for number in range(len(workshop_groups(conference.sessions)))
    }
    chosen.update(value for value in form.getlist("option") if isinstance(value, str))
    return chosen - {""}


def _page(
    visit: Visit,
    own: OwnPlace,
    *,
    status: int = 200,
    registered: int = 0,
    saved: bool = False,
    seats_error: str = "",
    chosen: set[str] | None = None,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    conference = own.conference
    return visit.page(
        "attendee/my-registration.html",
        status=status,
        own=own,
        record=own.record,
        conference=conference,
        state=conference.state(now()),
        over=conference.is_over(now()),
        groups=workshop_groups(conference.sessions),
        options=options_of(conference),
        chosen=own.wanted if chosen is None else chosen,
        values=values or {name: getattr(own.record, name) or "" for name in DETAILS},
        errors=errors or {},
        registered=registered,
        saved=saved,
        seats_error=seats_error,
    )

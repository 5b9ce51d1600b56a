"""My registration, by the link in the email: seats, changes, cancelling."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.registration.base.refusals import Refusal
from services.registration.history.acts import PERSON
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee.own_details import Details
from services.registration.pages.attendee.own_feed import feed_of
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.pages.choosing import (
    Choice,
    choices_of,
    chosen_sessions,
    told_apart,
)
from services.registration.pages.sentences import refusal_words
from services.registration.pages.timetable import options_of
from services.registration.people.correcting import Correction, correct
from services.registration.people.resending import renew_link
from services.registration.programme.retention import evidence_until, kept_until
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.restoring import restore
from shared.base.clock import now
from shared.words.addresses import is_beyond_ascii

router = APIRouter(prefix="/r/{token}")


@router.get("")
def show_registration(
    token: str, visit: Visiting, registered: int = 0, colleagues: int = 0, saved: bool = False
) -> Response:
    own = read_own_place(visit.desk, token)
    return _page(visit, own, registered=registered, colleagues=colleagues, saved=saved)


@router.post("/sessions")
def change_sessions(token: str, visit: Visiting, form: Form) -> Response:
    own = read_own_place(visit.desk, token)
    sessions, waiting_for = told_apart(chosen_sessions(form, own.conference))
    try:
        change(visit.desk, own.record.id, Change(sessions, waiting_for=waiting_for))
    except Refusal as refusal:
        own = read_own_place(visit.desk, token)
        words = refusal_words(refusal, own.conference, visit.language)
        chosen = chosen_sessions(form, own.conference)
        return _page(visit, own, status=refusal.status, seats_error=words, chosen=chosen)
    return RedirectResponse(f"/r/{token}?saved=true", 303)


@router.post("/details")
def change_details(token: str, visit: Visiting, form: Form) -> Response:
    own = read_own_place(visit.desk, token)
    details = Details.read(form, own.record)
    person = details.correction(visit.language)
    if person is None:
        return _page(visit, own, status=422, details=details)
    try:
        corrected = correct(visit.desk, own.record.id, Correction(person))
    except Refusal as refusal:
        details.refuse(refusal, visit.language, by_person=True)
        return _page(visit, own, status=refusal.status, details=details)
    if corrected.readdressed:
        # This link has just ended; whoever has the new address finds the next one there.
        return visit.page(
            "attendee/readdressed.html", conference=own.conference, email=corrected.record.email
        )
    return RedirectResponse(f"/r/{token}?saved=true", 303)


@router.post("/renew-link")
def renew_own_link(token: str, visit: Visiting) -> Response:
    """The new one goes to the address alone: who is here may have the link from somebody else."""
    own = read_own_place(visit.desk, token)
    record = renew_link(visit.desk, own.record.id, PERSON)
    return visit.page("attendee/renewed.html", conference=own.conference, email=record.email)


@router.get("/cancel")
def ask_cancel(token: str, visit: Visiting) -> Response:
    own = read_own_place(visit.desk, token)
    return visit.page("attendee/cancel.html", own=own, conference=own.conference)


@router.post("/cancel")
def cancel_registration(token: str, desk: AtDesk) -> Response:
    cancel(desk, read_own_place(desk, token).record.id)
    return RedirectResponse(f"/r/{token}", 303)


@router.post("/restore")
def restore_registration(token: str, visit: Visiting) -> Response:
    """Undo the cancellation, while the places are free."""
    own = read_own_place(visit.desk, token)
    try:
        restore(visit.desk, own.record.id)
    except Refusal as refusal:
        words = refusal_words(refusal, own.conference, visit.language)
        return _page(visit, own, status=refusal.status, restore_error=words)
    return RedirectResponse(f"/r/{token}?saved=true", 303)


def choices_for(own: OwnPlace, *, late: bool = False) -> list[Choice]:
    """What the person, or for them an organiser, can choose now."""
    confirmed = own.record.status == "confirmed"
    return choices_of(
        own.conference, now(), held=own.held, waiting=own.ranks, confirmed=confirmed, late=late
    )


def _page(
    visit: Visit,
    own: OwnPlace,
    *,
    status: int = 200,
    registered: int = 0,
    colleagues: int = 0,
    saved: bool = False,
    seats_error: str = "",
    chosen: set[str] | None = None,
    details: Details | None = None,
    restore_error: str = "",
) -> Response:
    conference = own.conference
    with visit.desk.database.read() as connection:
        evidence = evidence_until(connection, conference)
    return visit.page(
        "attendee/my-registration.html",
        status=status,
        own=own,
        record=own.record,
        conference=conference,
        state=conference.state(now()),
        moment=now(),
        over=conference.stage == "cancelled" or conference.is_over(now()),
        confirm_by=own.record.to_confirm_by if conference.asks_to_confirm(now()) else None,
        feed=feed_of(visit.desk, own.record, conference),
        kept_until=kept_until(conference, visit.desk.retention_months, evidence),
        groups=choices_for(own),
        options=options_of(conference, now(), own.held),
        chosen=own.wanted if chosen is None else chosen,
        details=details or Details.of(own.record),
        restore_error=restore_error,
        registered=registered,
        unreachable=not visit.desk.mail_beyond_ascii and is_beyond_ascii(own.record.email),
        colleagues=colleagues,
        saved=saved,
        seats_error=seats_error,
    )

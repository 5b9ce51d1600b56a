"""One person, for the organiser: what they can do on their own page, and what was done."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.refusals import Refusal
from services.registration.history.acts import history
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee.own_data import data_file
from services.registration.pages.attendee.own_details import Details
from services.registration.pages.attendee.own_handouts import badge_file, calendar_file
from services.registration.pages.attendee.own_place import OwnPlace, place_of
from services.registration.pages.attendee.own_registration import choices_for
from services.registration.pages.choosing import chosen_sessions, told_apart
from services.registration.pages.organiser.in_words import say_act
from services.registration.pages.sentences import refusal_words
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.pages.timetable import options_of
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.exports import Export, note_export
from services.registration.people.resending import renew_link, resend_to
from services.registration.programme.retention import evidence_until
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.giving import give_seat
from services.registration.seats.restoring import restore
from shared.base.clock import now
from shared.pages.visit import OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/registrations/{registration_id}")


@router.get("")
def show_person(
    slug: str, registration_id: str, visit: Visiting, who: Viewer, saved: str = ""
) -> Response:
    return _page(visit, place_of(visit.desk, slug, registration_id), who, saved=saved)


@router.post("/sessions")
def move_person(
    slug: str, registration_id: str, visit: Visiting, who: Organiser, form: Form
) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    sessions, waiting_for = told_apart(chosen_sessions(form, own.conference))
    try:
        change(visit.desk, own.record.id, Change(sessions, waiting_for=waiting_for), who.actor)
    except Refusal as refusal:
        return _refused(visit, own, who, refusal)
    return _back(own)


@router.post("/place")
def give_place(
    slug: str, registration_id: str, visit: Visiting, who: Organiser, form: Form
) -> Response:
    """Past the waitlist, by the organiser's decision."""
    own = place_of(visit.desk, slug, registration_id)
    reason = typed(form, "reason").strip()[:500] or None
    try:
        give_seat(visit.desk, own.record.id, typed(form, "session"), who.actor, reason)
    except Refusal as refusal:
        return _refused(visit, own, who, refusal)
    return _back(own)


@router.post("/details")
def correct_person(
    slug: str, registration_id: str, visit: Visiting, who: Organiser, form: Form
) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    details = Details.read(form, own.record)
    person = details.correction(visit.language)
    if person is None:
        return _page(visit, own, who, details=details, status=422)
    try:
        correction = Correction(person, reason=_reason(form, "why"))
        corrected = correct(visit.desk, own.record.id, correction, who.actor)
    except Refusal as refusal:
        details.refuse(refusal, visit.language)
        return _page(visit, own, who, details=details, status=refusal.status)
    if not corrected.readdressed:
        return _back(own)
    said = "readdressed" if own.record.email else "addressed"
    return _back(own, said if corrected.told_all else f"{said}-late")


@router.post("/link")
def send_link(slug: str, registration_id: str, visit: Visiting, who: Organiser) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    resend_to(visit.desk, own.record.id, who.actor)
    return _back(own, "link")


@router.post("/renew-link")
def renew_persons_link(
    slug: str, registration_id: str, visit: Visiting, who: Organiser
) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    renew_link(visit.desk, own.record.id, who.actor)
    return _back(own, "renewed")


@router.get("/cancel")
def ask_cancel(slug: str, registration_id: str, visit: Visiting, who: Organiser) -> Response:
    return _ask(visit, place_of(visit.desk, slug, registration_id), who, "cancel")


@router.post("/cancel")
def cancel_person(
    slug: str, registration_id: str, visit: Visiting, who: Organiser, form: Form
) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    cancel(visit.desk, own.record.id, who.actor, _reason(form, "reason"))
    return _back(own)


@router.post("/restore")
def restore_person(slug: str, registration_id: str, visit: Visiting, who: Organiser) -> Response:
    """Undo the cancellation, while the places are free."""
    own = place_of(visit.desk, slug, registration_id)
    try:
        restore(visit.desk, own.record.id, who.actor)
    except Refusal as refusal:
        return _refused(visit, own, who, refusal)
    return _back(own)


@router.get("/erase")
def ask_erase(slug: str, registration_id: str, visit: Visiting, who: Organiser) -> Response:
    return _ask(visit, place_of(visit.desk, slug, registration_id), who, "erase")


@router.post("/erase")
def erase_person(slug: str, registration_id: str, visit: Visiting, who: Organiser) -> Response:
    own = place_of(visit.desk, slug, registration_id)
    erase(visit.desk, own.record.id, who.actor)
    return _back(own)


@router.get("/calendar.ics")
def download_calendar(slug: str, registration_id: str, desk: AtDesk, _who: Organiser) -> Response:
    return calendar_file(desk, place_of(desk, slug, registration_id))


@router.get("/badge.pdf")
def download_badge(
    slug: str, registration_id: str, desk: AtDesk, site: OnSite, _who: Organiser
) -> Response:
    return badge_file(desk, site, place_of(desk, slug, registration_id))


@router.get("/data.json")
def download_data(slug: str, registration_id: str, desk: AtDesk, who: Organiser) -> Response:
    own = place_of(desk, slug, registration_id)
    taken = Export("personal-data", "json", 1, of=own.record.id)
    note_export(desk.database, own.conference, taken, who.actor)
    return data_file(desk, own)


def _reason(form: FormData, field: str) -> str | None:
    return typed(form, field).strip()[:1000] or None


def _back(own: OwnPlace, saved: str = "true") -> Response:
    here = f"/organiser/{own.conference.slug}/registrations/{own.record.id}"
    return RedirectResponse(f"{here}?saved={saved}", 303)


def _ask(visit: Visit, own: OwnPlace, who: SignedIn, what: str) -> Response:
    """Before what takes something away."""
    with visit.desk.database.read() as connection:
        evidence = evidence_until(connection, own.conference)
    return visit.page(
        "organiser/person-ask.html",
        who=who,
        what=what,
        record=own.record,
        conference=own.conference,
        evidence=evidence,
    )


def _refused(visit: Visit, own: OwnPlace, who: SignedIn, refusal: Refusal) -> Response:
    again = place_of(visit.desk, own.conference.slug, own.record.id)
    words = refusal_words(refusal, again.conference, visit.language)
    return _page(visit, again, who, error=words, status=refusal.status)


def _page(
    visit: Visit,
    own: OwnPlace,
    who: SignedIn,
    *,
    status: int = 200,
    error: str = "",
    saved: str = "",
    details: Details | None = None,
) -> Response:
    with visit.desk.database.read() as connection:
        acts = history(connection, registration_id=own.record.id)
    return visit.page(
        "organiser/person.html",
        status=status,
        who=who,
        elsewhere=[page for page in visit.desk.organiser_pages if page.is_of_person],
        own=own,
        record=own.record,
        conference=own.conference,
        state=own.conference.state(now()),
        groups=choices_for(own, late=True),
        options=options_of(own.conference, now(), own.held),
        certificate=own.standing,
        over=own.conference.is_over(now()),
        details=details or Details.of(own.record),
        acts=[say_act(act, own.conference, visit.language) for act in acts],
        error=error,
        saved=saved,
    )

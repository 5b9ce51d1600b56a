"""Registering, and one's own registration."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from services.registration.api.access import AtDesk, Bearer, InGroups, actor_of
from services.registration.api.bodies import (
    Colleagues,
    NewRegistration,
    RegistrationChange,
    registered,
    registration_whole,
)
from services.registration.base.consents import Consent
from services.registration.base.person import PersonChange
from services.registration.base.refusals import Fault, Invalid, NotFound, Refusal
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.exports import Export, note_export
from services.registration.people.personal_data import personal_data
from services.registration.people.resending import renew_link
from services.registration.programme.programmes import load_conference_by_id
from services.registration.responses.limiting import count_registrations, registration_counted
from services.registration.responses.problems import language_of, problem_of
from services.registration.seats.changing import Change, cancel
from services.registration.seats.records import read_record, read_seats
from services.registration.seats.registering import Application, register_colleagues

router = APIRouter(prefix="/api", tags=["registrations"])

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e ]+$"),
]
_OF_PERSON = set(PersonChange.model_fields)


@router.post("/conferences/{slug}/registrations", status_code=201)
async def create_registration(
    slug: str,
    body: NewRegistration,
    request: Request,
    desk: AtDesk,
    group_commit: InGroups,
    idempotency_key: Key = None,
) -> JSONResponse:
    """Register one person. A repeated Idempotency-Key gets the first answer again.

    409 `session-begun` for what has begun, `session-full`, `sessions-overlap`; 422 for a time slot
    of which one session must be chosen and none is. With `waiting_for` one can wait for a full
    workshop and hold another one from the start.
    """
    await registration_counted(request)
    conference = desk.programmes.seen(slug)
    if conference is None:
        conference = await run_in_threadpool(desk.programmes.fresh, slug)
    language = conference.language
    application = Application(
        body.person(language),
        body.sessions,
        body.waitlist,
        key=idempotency_key,
        consent=Consent(body.locale or language),
        waiting_for=body.waiting_for,
    )
    answer = await group_commit.registered(slug, application)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return JSONResponse(registered(answer, desk.links), 201, headers)


@router.post("/conferences/{slug}/registrations/colleagues")
def create_registrations(
    slug: str,
    body: Colleagues,
    request: Request,
    desk: AtDesk,
    group_commit: InGroups,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Register several persons, each all or nothing: `items` has one outcome for each."""
    count_registrations(request, len(body.people))
    language = desk.programmes.known(slug).language
    outcomes = register_colleagues(
        group_commit.register,
        slug,
        [
            Application(
                person.person(language),
                person.sessions,
                body.waitlist,
                registered_by=body.registered_by,
                key=idempotency_key,
                consent=Consent(person.locale or language),
                waiting_for=person.waiting_for,
            )
            for person in body.people
        ],
    )
    return {
        "items": [
            {"problem": problem_of(outcome, language_of(request)).body}
            if isinstance(outcome, Refusal)
            else {"registration": registered(outcome, desk.links)}
            for outcome in outcomes
        ]
    }


@router.get("/registrations/{registration_id}")
def show_registration(registration_id: str, desk: AtDesk, token: Bearer) -> dict[str, Any]:
    """One registration and its seats."""
    actor_of(desk, token, _known(registration_id))
    with desk.database.read() as connection:
        record = read_record(connection, registration_id)
        conference = load_conference_by_id(connection, record.conference_id)
        seats = read_seats(connection, conference, registration_id)
    return registration_whole(record, conference, seats, desk.links)


@router.patch("/registrations/{registration_id}")
def change_registration(
    registration_id: str, body: RegistrationChange, desk: AtDesk, token: Bearer
) -> dict[str, Any]:
    """Change sessions, or correct what is recorded about the person.

    With `waitlist`, what is full is waited for, and a seat at the same time is kept until then;
    wishes that fit together (each waits for what the other holds) are exchanged at once. What has
    begun is joined by nobody (409 `session-begun`) but those whom an organiser seats, and a seat in
    it stays whether it is named or not. To a corrected address everything is sent anew, with
    another link; the links of before end. Only an organiser finds the new one in the answer. An
    organiser may correct a person at any time, and say for which `reason`.
    """
    by = actor_of(desk, token, _known(registration_id))
    if body.answers:
        raise Invalid([Fault("/answers", "This day asks no questions.")])
    if body.sessions is None and body.waiting_for:
        raise Invalid([Fault("/waiting_for", "Please name the sessions too: all that is chosen.")])
    change = (
        None if body.sessions is None else Change(body.sessions, body.waitlist, body.waiting_for)
    )
    person = PersonChange(**body.model_dump(exclude_unset=True, include=_OF_PERSON))
    now = correct(desk, registration_id, Correction(person, change, body.reason), by)
    with_link = by.kind != "person" or not now.readdressed
    return registration_whole(
        now.record, now.conference, now.seats, desk.links, with_link=with_link
    )


@router.delete("/registrations/{registration_id}")
def cancel_registration(registration_id: str, desk: AtDesk, token: Bearer) -> dict[str, Any]:
    """Cancel: every seat goes to whoever waits for it. Again is harmless."""
    cancel(desk, registration_id, actor_of(desk, token, _known(registration_id)))
    return show_registration(registration_id, desk, token)


@router.post("/registrations/{registration_id}/link")
def renew_registration_link(
    registration_id: str, desk: AtDesk, token: Bearer
) -> dict[str, str | None]:
    """Replace the links that are out by another one, which is sent to the address; those of before
    answer 410. Only an organiser finds it in the answer."""
    by = actor_of(desk, token, _known(registration_id))
    record = renew_link(desk, registration_id, by)
    url = desk.links.manage_url(record.id, record.link_generation)
    return {"manage_url": None if by.kind == "person" else url}


@router.get("/registrations/{registration_id}/data")
def export_data(registration_id: str, desk: AtDesk, token: Bearer) -> dict[str, Any]:
    """Everything that is kept about this person here."""
    by = actor_of(desk, token, _known(registration_id))
    if by.kind != "person":
        with desk.database.read() as connection:
            record = read_record(connection, registration_id)
            conference = load_conference_by_id(connection, record.conference_id)
        taken = Export("personal-data", "json", 1, of=record.id)
        note_export(desk.database, conference, taken, by)
    return personal_data(desk, registration_id)


@router.delete("/registrations/{registration_id}/data", status_code=204)
def erase_data(registration_id: str, desk: AtDesk, token: Bearer) -> Response:
    """Forget this person, here and in every other service. Cannot be undone."""
    erase(desk, registration_id, actor_of(desk, token, _known(registration_id)))
    return Response(status_code=204)


def _known(registration_id: str) -> str:
    try:
        if str(UUID(registration_id)) == registration_id:
            return registration_id
    except ValueError:
        pass
    raise NotFound

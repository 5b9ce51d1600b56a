"""Registering: plan on what is known, apply in one short transaction, plan again if the world has
changed.

A first try trusts what this process saw last, a second one reads the counts again; both take all
seats by one conditional update just before the commit. Whoever must wait, or has twice been too
late, registers under the lock, where the plan cannot fail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import uuid_utils.compat as uuid_utils
from prometheus_client import Counter
from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from services.registration.base import tables
from services.registration.base.consents import Consent
from services.registration.base.person import Person, keys_of
from services.registration.base.refusals import AlreadyRegistered, Refusal
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, SYSTEM, Actor, note
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_if_closed, refuse_unless_open
from services.registration.programme.programmes import lock_conference
from services.registration.seats import answers
from services.registration.seats.answers import Answered, Registered
from services.registration.seats.letting_go import kept_until_confirmed
from services.registration.seats.places import place
from services.registration.seats.records import CODE_GROUP, CODE_LENGTH, Record, Seat
from services.registration.seats.rules import Plan, choose, plan_place
from services.registration.seats.seats import hold, take, wait_for, write_held
from shared.base.clock import now
from shared.base.transactions import Collision, refers_to_nothing, retried
from shared.events.registration import Place, RegistrationConfirmed, RegistrationWaitlisted
from shared.words.codes import new_code

REFUSED = Counter("emarge_seats_refused", "People who got no place, by the rule", ["rule"])

ADDRESS = ("conference_id", "email_key")
LIVING = text("status <> 'cancelled'")
_INSERT = {
    "postgresql": postgresql.insert(tables.Registration)
    .on_conflict_do_nothing(index_elements=ADDRESS, index_where=LIVING)
    .returning(tables.Registration.id),
    "sqlite": sqlite.insert(tables.Registration)
    .on_conflict_do_nothing(index_elements=ADDRESS, index_where=LIVING)
    .returning(tables.Registration.id),
}
_COLUMNS = [column.name for column in fields(Record)]


@dataclass(frozen=True)
class Application:
    """What a person asks for, and when if not now. Of what is full, `waitlist` waits for all,
    `waiting_for` for these, beside `sessions`. `key` makes a repetition harmless; staff may
    register people until the day is closed, whether others can or not, and `by` whom is noted."""

    person: Person
    sessions: tuple[str, ...]
    waitlist: bool = False
    registered_by: str | None = None
    key: str | None = None
    by_staff: bool = False
    by: Actor | None = None
    at: datetime | None = None
    consent: Consent | None = None  # of the person, or of the colleague who registers them
    waiting_for: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        return answers.hash_of(
            {
                "person": self.person.model_dump(mode="json"),
                "sessions": self.sessions,
                "waitlist": self.waitlist,
                "registered_by": self.registered_by,
                # Left out where nothing is in it, as in answers that were given before it was.
                **({"waiting_for": self.waiting_for} if self.waiting_for else {}),
            }
        )


class WorldChanged(Exception):
    """Of the places that were found free one is taken, or the programme is another: nothing is
    written."""


def register(desk: Desk, slug: str, application: Application) -> Registered:
    """Register one person. Raises a Refusal; then nothing is stored."""
    try:
        return _register(desk, slug, application)
    except Refusal as refusal:
        # Only now: whoever repeats a request that was granted finds themselves in their own way.
        if application.key and (
            earlier := answers.earlier_answer(
                desk.database, desk.programmes.known(slug), application.key, application.hash
            )
        ):
            return earlier
        REFUSED.labels(refusal.code).inc()
        raise


def register_colleagues(
    register_one: Callable[[str, Application], Registered],
    slug: str,
    applications: Sequence[Application],
) -> list[Registered | Refusal]:
    """Register several persons, each all or nothing; the outcome of each, in their order."""
    outcomes: list[Registered | Refusal] = []
    for index, application in enumerate(applications):
        key = f"{application.key}/{index}" if application.key else None
        try:
            outcomes.append(register_one(slug, replace(application, key=key)))
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


@retried
def _register(desk: Desk, slug: str, application: Application) -> Registered:
    if registered := _try(desk, desk.programmes.known(slug), application, certain=False):
        return registered
    conference = desk.programmes.fresh(slug)
    if registered := _try(desk, conference, application, certain=True):
        return registered
    with desk.database.begin() as connection:
        conference = lock_conference(connection, conference.id)
        plan = plan_of(conference, application)
        record = _insert(connection, conference, plan, application)
        hold(connection, record.id, plan.held)
        ranks = wait_for(connection, record.id, plan.waiting)
        seats = tuple(
            Seat(session, "waiting" if session.id in ranks else "held", ranks.get(session.id))
            for session in conference.sessions
            if session.id in ranks or session.id in plan.held
        )
        return _tell(desk, connection, conference, application, record, seats)


def _try(
    desk: Desk, conference: Conference, application: Application, *, certain: bool
) -> Registered | None:
    """Without the lock; None when it did not work out. Only what is `certain` is refused."""
    try:
        plan = plan_of(conference, application)
    except Refusal:
        if certain:
            raise
        return None
    if plan.waiting or not (plan.held or certain):
        return None
    try:
        return _apply(desk, conference, plan, application)
    except WorldChanged:
        return None
    except IntegrityError as error:
        if refers_to_nothing(error):  # a session was taken out of the programme
            return None
        raise


def _apply(desk: Desk, conference: Conference, plan: Plan, application: Application) -> Registered:
    with desk.database.begin() as connection:
        record = _insert(connection, conference, plan, application)
        write_held(connection, record.id, plan.held)
        seats = tuple(
            Seat(session, "held") for session in conference.sessions if session.id in plan.held
        )
        registered = _tell(desk, connection, conference, application, record, seats)
        # Last: from here on everybody else who wants these sessions waits for the commit.
        if not take(connection, plan.held, conference.version):
            raise WorldChanged
        return registered


def plan_of(conference: Conference, application: Application) -> Plan:
    """Where they would sit as the day is known. Raises a Refusal."""
    moment, waitlist = application.at or now(), application.waitlist
    if application.by_staff:
        refuse_if_closed(conference, moment)
    else:
        refuse_unless_open(conference, moment)
    begun = conference.begun(moment)
    chosen = choose(
        conference,
        application.sessions,
        waitlist=waitlist,
        waiting_for=application.waiting_for,
        begun=begun,
        late=application.by_staff,
    )
    return plan_place(
        conference,
        chosen,
        waitlist=waitlist,
        waiting_for=application.waiting_for,
        begun=begun,
    )


def record_of(
    conference: Conference, plan: Plan, application: Application, moment: datetime
) -> Record:
    """The person as they are to be written down."""
    person = application.person
    return Record(
        id=str(uuid_utils.uuid7()),
        conference_id=conference.id,
        code=new_code(CODE_LENGTH, CODE_GROUP),
        status=plan.status,
        revision=0,
        attendance_version=0,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        organisation=person.organisation,
        job_title=person.job_title,
        locale=person.locale,
        registered_by=application.registered_by,
        created_at=moment,
        programme_version=conference.version,
    )


def row_of(record: Record, application: Application) -> dict[str, Any]:
    """Their row of `registration`."""
    row = {name: getattr(record, name) for name in _COLUMNS}
    if consent := application.consent:
        row["consent_text"], row["consent_language"] = consent.text, consent.language
        row["consent_at"] = record.created_at
    row |= keys_of(record.email, record.first_name, record.last_name)
    row["sought"] = record.sought
    return row


def _insert(
    connection: Connection, conference: Conference, plan: Plan, application: Application
) -> Record:
    by = SYSTEM if application.by_staff else PERSON
    record = record_of(conference, plan, application, now())
    record = kept_until_confirmed(connection, conference, record, by)
    row = row_of(record, application)
    try:
        inserted = connection.execute(_INSERT[connection.dialect.name], row).first()
    except IntegrityError as error:
        if "registration_code" in str(error.orig) or "registration.code" in str(error.orig):
            raise Collision from error
        raise
    if inserted is None:
        raise AlreadyRegistered
    return record


def told_of(desk: Desk, conference: Conference, record: Record, seats: tuple[Seat, ...]) -> Place:
    """The event that says it."""
    kind = RegistrationConfirmed if record.status == "confirmed" else RegistrationWaitlisted
    return place(kind, record, conference, seats, desk.links)


def _tell(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    application: Application,
    record: Record,
    seats: tuple[Seat, ...],
) -> Registered:
    """Nobody's wishes can fit together with those of somebody new: a place that they found free is
    one that nobody who waits could take."""
    desk.log.append(connection, told_of(desk, conference, record, seats), subject=record.id)
    if application.by:
        note(
            connection,
            application.by,
            "registration.made",
            conference_id=conference.id,
            registration_id=record.id,
        )
    registered = Registered(record.id, record.code, record.status, seats)
    if application.key:
        answered = Answered(application.key, application.hash, registered)
        if not answers.keep(connection, conference, [answered], record.created_at):
            raise AlreadyRegistered  # the earlier answer tells what of
    return registered

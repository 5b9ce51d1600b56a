"""What registration does with events: it counts heads, closes days, works on batches, and knows of
certificates."""

from dataclasses import dataclass
from datetime import timedelta

from services.registration.base.refusals import NotFound
from services.registration.base.settings import RegistrationSettings
from services.registration.base.timers import (
    CloseDay,
    EndWaiting,
    ForgetBatch,
    LetGo,
    LookForPast,
    RecountDay,
    WorkOnBatch,
    certify_on,
    go_on_looking,
    go_on_with_batch,
    look_for_past,
)
from services.registration.batches.batch import discard
from services.registration.batches.working import work_on_batch
from services.registration.commands import commands
from services.registration.day.closing import certify_page, close_as_timed
from services.registration.day.headcounts import HeadcountBoard
from services.registration.day.signing import take_evidence
from services.registration.day.speakers import certify_speakers
from services.registration.desk import Desk, open_desk
from services.registration.history.acts import Actor, note
from services.registration.lists.remembering import forget_unused
from services.registration.people.exports import Export, write_export
from services.registration.people.known_certificates import (
    remember_certificate,
    remember_revocation,
)
from services.registration.people.refolding import fold_the_rest
from services.registration.people.retention import keep_evidence, look
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.lapsing import lapse_page
from services.registration.seats.letting_go import let_go
from services.registration.seats.records import read_record
from shared.base.clock import now
from shared.base.database import Database
from shared.events import Event
from shared.events.certificates import (
    CertificateIssued,
    CertificateRevoked,
    CertificatesExported,
    DesignPublished,
    EmployerLinkChanged,
    RealisationChanged,
)
from shared.events.registration import (
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendeeErased,
    Place,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from shared.events.sheets import AttendanceSigned
from shared.process.service import Job, Service

PAGES_A_JOB = 20  # of people to certify: well within a lease


@dataclass(frozen=True)
class Resources:
    desk: Desk
    board: HeadcountBoard


def open_resources(settings: RegistrationSettings, database: Database) -> Resources:
    with database.begin() as connection:
        look_for_past(connection, now().date())  # each look sets the next one: this sets the first
    return Resources(open_desk(settings, database), HeadcountBoard(settings.redis_url, database))


service: Service[Resources] = Service(
    "registration",
    settings=RegistrationSettings,
    resources=open_resources,
    web="services.registration.web:create",
    commands=commands,
)


@service.on(
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationPromoted,
    RegistrationChanged,
    RegistrationCancelled,
)
def count_heads(event: Event[Place], _job: Job, resources: Resources) -> None:
    resources.board.recount(event.data.conference.slug, event.position)


@service.on(AttendanceRecorded, AttendanceWithdrawn)
def count_present(
    event: Event[AttendanceRecorded | AttendanceWithdrawn], _job: Job, resources: Resources
) -> None:
    resources.board.recount(event.data.conference, event.position)


@service.on(AttendeeErased)
def count_without(event: Event[AttendeeErased], _job: Job, resources: Resources) -> None:
    with resources.desk.database.read() as connection:
        record = read_record(connection, event.data.registration_id)
        conference = load_conference_by_id(connection, record.conference_id)
    resources.board.recount(conference.slug, event.position)


@service.on(RecountDay)
def show_new_capacities(event: Event[RecountDay], _job: Job, resources: Resources) -> None:
    resources.board.recount(event.data.conference)


@service.on(AttendanceSigned)
def take_signature(event: Event[AttendanceSigned], job: Job, resources: Resources) -> None:
    """Somebody signed that they were there, on a sheet of whatever service."""
    with resources.desk.database.begin() as connection:
        take_evidence(resources.desk, connection, event.data)
        job.complete(connection)


@service.on(CertificateIssued)
def note_certificate(event: Event[CertificateIssued], job: Job, resources: Resources) -> None:
    with resources.desk.database.begin() as connection:
        remember_certificate(connection, event.data)
        job.complete(connection)


def _known(resources: Resources, slug: str | None) -> Conference | None:
    """None of a day that was deleted since: there is no history to write to."""
    try:
        return resources.desk.programmes.known(slug) if slug is not None else None
    except NotFound:
        return None


@service.on(CertificateRevoked)
def note_revocation(event: Event[CertificateRevoked], job: Job, resources: Resources) -> None:
    said = event.data
    conference = _known(resources, said.conference)
    with resources.desk.database.begin() as connection:
        kept = remember_revocation(connection, said)
        if kept and said.actor_kind is not None and conference is not None:
            note(
                connection,
                Actor(said.actor_kind, said.actor),
                "certificate.revoked",
                conference_id=conference.id,
                registration_id=said.registration_id,
                after={"code": said.code},
                reason=said.reason,
            )
        job.complete(connection)


@service.on(DesignPublished)
def note_design(event: Event[DesignPublished], job: Job, resources: Resources) -> None:
    said = event.data
    conference = _known(resources, said.conference)
    with resources.desk.database.begin() as connection:
        if conference is not None:
            note(
                connection,
                Actor(said.actor_kind, said.actor),
                "design.published",
                conference_id=conference.id,
                after={"number": said.number},
            )
        job.complete(connection)


@service.on(CertificatesExported)
def note_archive(event: Event[CertificatesExported], job: Job, resources: Resources) -> None:
    taken = event.data
    conference = _known(resources, taken.conference)
    with resources.desk.database.begin() as connection:
        if conference is not None:
            export = Export("certificates", "zip", taken.count)
            write_export(connection, conference, export, Actor(taken.actor_kind, taken.actor))
        job.complete(connection)


@service.on(EmployerLinkChanged)
def note_employer_link(event: Event[EmployerLinkChanged], job: Job, resources: Resources) -> None:
    said = event.data
    conference = _known(resources, said.conference)
    with resources.desk.database.begin() as connection:
        if conference is not None:
            note(
                connection,
                Actor("organiser", said.actor),
                f"employer-link.{said.change}",
                conference_id=conference.id,
                after={"expires_at": said.expires_at},
            )
        job.complete(connection)


@service.on(RealisationChanged)
def note_evidence(event: Event[RealisationChanged], job: Job, resources: Resources) -> None:
    """The evidence of a day is kept for funders."""
    conference = _known(resources, event.data.conference)
    with resources.desk.database.begin() as connection:
        if conference is not None:
            keep_evidence(connection, conference, event.data)
        job.complete(connection)


@service.on(CloseDay, lane="bulk")
def close_and_certify(event: Event[CloseDay], job: Job, resources: Resources) -> None:
    desk, slug, after = resources.desk, event.data.conference, event.data.after
    conference = close_as_timed(desk, slug)
    rest: str | None = after
    for _ in range(PAGES_A_JOB):
        rest = certify_page(desk, conference, after)
        if rest is None:
            break
        after = rest
    with desk.database.begin() as connection:
        if rest is None:
            certify_speakers(desk, connection, conference)
        else:
            certify_on(connection, slug, rest)
        job.complete(connection)


@service.on(EndWaiting)
def end_waiting(event: Event[EndWaiting], job: Job, resources: Resources) -> None:
    while lapse_page(resources.desk, event.data.conference):
        pass
    with resources.desk.database.begin() as connection:
        job.complete(connection)


@service.on(LetGo)
def let_unconfirmed_go(event: Event[LetGo], _job: Job, resources: Resources) -> None:
    let_go(resources.desk, event.data.registration_id)


@service.on(LookForPast, lane="bulk")
def keep_no_longer(_event: Event[LookForPast], job: Job, resources: Resources) -> None:
    """People whose time is over are erased; organisers are told weeks before. What was remembered
    of lists goes when nobody used it."""
    fold_the_rest(resources.desk)
    more = look(resources.desk)
    with resources.desk.database.begin() as connection:
        forget_unused(connection)
        if more:
            go_on_looking(connection, job.job_id)
        look_for_past(connection, now().date() + timedelta(days=1))
        job.complete(connection)


@service.on(WorkOnBatch, lane="bulk")
def do_batch(event: Event[WorkOnBatch], job: Job, resources: Resources) -> None:
    rest = work_on_batch(resources.desk, job, event.data.batch, event.data.after)
    with resources.desk.database.begin() as connection:
        if rest is not None:
            go_on_with_batch(connection, event.data.batch, rest)
        job.complete(connection)


@service.on(ForgetBatch, lane="bulk")
def forget_old_batch(event: Event[ForgetBatch], job: Job, resources: Resources) -> None:
    with resources.desk.database.begin() as connection:
        discard(connection, event.data.batch)
        job.complete(connection)

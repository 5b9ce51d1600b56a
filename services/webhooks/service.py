"""What webhooks does with each event: endpoints that subscribe to it are told.

An event becomes one delivery for each endpoint, and each delivery is a job of its own in the bulk
lane, which takes turns by its endpoint: one that hangs keeps no other waiting.
"""

from services.webhooks.base import days
from services.webhooks.base.messages import LANE, DeliveryDue
from services.webhooks.base.settings import NAME, WebhooksSettings
from services.webhooks.figures import figures
from services.webhooks.forgetting import (
    SweepDue,
    forget_conference,
    forget_organiser,
    forget_person,
    forget_speaker,
    sweep,
)
from services.webhooks.resources import Resources, open_resources
from services.webhooks.sending.delivering import deliver
from services.webhooks.sending.fanning import fan_out
from shared.base.fingerprints import has_fingerprint
from shared.events import Event, Payload
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.events.registration import (
    AttendanceCertified,
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendeeErased,
    ConferenceCancelled,
    ConferenceChanged,
    ConferenceDeleted,
    ConferencePublished,
    OrganiserErased,
    Programme,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    SpeakerErased,
)
from shared.events.sheets import AttendanceSigned, SheetSealed
from shared.process.service import Job, Service

service: Service[Resources] = Service(
    NAME,
    settings=WebhooksSettings,
    resources=open_resources,
    web="services.webhooks.web:create",
    figures=figures,
)


@service.on(
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationPromoted,
    RegistrationChanged,
    RegistrationCancelled,
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendanceCertified,
    AttendanceSigned,
    SheetSealed,
    CertificateIssued,
    CertificateRevoked,
)
def tell_endpoints(event: Event[Payload], job: Job, resources: Resources) -> None:
    # What a power cut forgets of it, it forgets as a whole: the job is done again.
    with resources.database.begin(durable=False) as connection:
        fan_out(connection, event, again=job.forced)
        job.complete(connection)


@service.on(ConferencePublished, ConferenceChanged, ConferenceCancelled)
def follow_programme(event: Event[Programme], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        days.follow(connection, event)
        fan_out(connection, event, again=job.forced)
        job.complete(connection)


@service.on(DeliveryDue, lane=LANE)
def try_delivery(event: Event[DeliveryDue], job: Job, resources: Resources) -> None:
    deliver(event.data, job, resources)


@service.on(AttendeeErased)
def forget_attendee(event: Event[AttendeeErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        forget_person(connection, event.data.registration_id)
        fan_out(connection, event, again=job.forced)
        job.complete(connection)


@service.on(SpeakerErased)
def forget_who_spoke(event: Event[SpeakerErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        forget_speaker(connection, event.data)
        job.complete(connection)


@service.on(OrganiserErased)
def forget_who_organised(event: Event[OrganiserErased], job: Job, resources: Resources) -> None:
    is_them = has_fingerprint(event.data.fingerprint, resources.settings.service_token)
    with resources.database.begin() as connection:
        forget_organiser(connection, resources.log, is_them)
        job.complete(connection)


@service.on(ConferenceDeleted)
def forget_draft(event: Event[ConferenceDeleted], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        forget_conference(connection, resources.log, event.data.conference, event.time)
        job.complete(connection)


@service.on(SweepDue, lane="bulk")
def sweep_daily(_event: Event[SweepDue], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        sweep(connection, resources.log, resources.seals)
        job.complete(connection)

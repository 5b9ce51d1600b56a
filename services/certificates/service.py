"""What certificates does with each event."""

from services.certificates import erasing
from services.certificates.badges.statuses import StatusChanged
from services.certificates.base import records
from services.certificates.base.pauses import hold, is_paused
from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.checks import checks
from services.certificates.commands import commands
from services.certificates.designs import publication, publishing
from services.certificates.designs.publishing import PublicationAsked
from services.certificates.figures import figures
from services.certificates.holding.forgetting import disown
from services.certificates.holding.visits import VisitOver, forget_visit
from services.certificates.issuing import (
    asking,
    badge_asking,
    certifying,
    issuing,
    pausing,
    realising,
    reissuing,
    speakers,
    status_signing,
)
from services.certificates.issuing.asking import (
    AllAsked,
    RealisationAsked,
    SpeakerAsked,
    WorkshopsAsked,
)
from services.certificates.issuing.badge_asking import BadgeAsked
from services.certificates.issuing.choices import choice_of, copy_choice, forget_choice
from services.certificates.issuing.orders import Order, order_of
from services.certificates.issuing.readdressing import readdress
from services.certificates.issuing.reissuing import ReissueAsked
from services.certificates.organising.revoking import withdraw
from services.certificates.preservation import asking as preservation
from services.certificates.preservation import preserving
from services.certificates.preservation.asking import AgeingSought, PreservationAsked
from services.certificates.preservation.standing import worries
from services.certificates.realisation import versions
from services.certificates.realisation.evidence import EvidenceEnds
from services.certificates.resources import Resources
from shared.base.database import Database
from shared.base.errors import Parked
from shared.base.fingerprints import has_fingerprint
from shared.bus.rewriting import wait_until_filed
from shared.events import Event
from shared.events.registration import (
    AttendanceCertified,
    AttendeeErased,
    ConferenceCopied,
    ConferenceDeleted,
    OrganiserErased,
    RegistrationAddressCorrected,
    SpeakerCertified,
    SpeakerErased,
)
from shared.process.service import Job, Service

# Shown to whoever checks the code: in the language of the document.
NOT_THERE = {
    "fr": "la présence a été corrigée par l’organisateur",
    "en": "the presence was corrected by the organiser",
}


def open_resources(settings: CertificatesSettings, database: Database) -> Resources:
    """What a worker needs. Web, intake and commands make no document: they do without the engine,
    which is why it is imported only here."""
    from services.certificates.issuing import equipment

    return equipment.open_resources(settings, database)


service: Service[Resources] = Service(
    NAME,
    settings=CertificatesSettings,
    resources=open_resources,
    web="services.certificates.web:create",
    commands=commands,
    figures=figures,
    worries=worries,
    checks=checks,
)


@service.on(AttendanceCertified, lane="bulk")
def issue_certificate(event: Event[AttendanceCertified], job: Job, resources: Resources) -> None:
    """A day was closed: everyone who was there gets one, a corrected one replaces the older; who
    turns out not to have been there has none any more."""
    wait_while_paused(event.data.conference.slug, job, resources)
    if not event.data.sessions:
        withdraw_certificates(event, job, resources)
        return
    issuing.issue_with_companions(order_of(event, job, resources), resources)


def withdraw_certificates(
    event: Event[AttendanceCertified], job: Job, resources: Resources
) -> None:
    gone = event.data
    with resources.database.begin() as connection:
        reason = NOT_THERE[gone.person.locale]
        withdraw(connection, resources.log, gone.registration_id, gone.attendance_version, reason)
        job.complete(connection)


@service.on(SpeakerCertified, lane="bulk")
def certify_speaker(event: Event[SpeakerCertified], job: Job, resources: Resources) -> None:
    """A day was closed: who spoke there is remembered, and gets one where that is chosen."""
    wait_while_paused(event.data.conference.slug, job, resources)
    with resources.database.begin() as connection:
        job.hold(connection)
        speakers.remember(connection, event)
        wanted = choice_of(connection, event.data.conference.slug).speakers
    if wanted:
        issuing.issue(Order(certifying.of_speaker(event, resources.mint), job), resources)


@service.on(AllAsked, lane="bulk")
def ask_for_each(event: Event[AllAsked], job: Job, resources: Resources) -> None:
    """An organiser wants something of all: each becomes a job."""
    asking.ask_next_page(event, job, resources)


@service.on(ReissueAsked, lane="bulk")
def reissue_certificate(event: Event[ReissueAsked], job: Job, resources: Resources) -> None:
    """Somebody wants the same with today's template and key."""
    with resources.database.read() as connection:
        record = records.by_id(connection, event.data.certificate_id)
    wait_while_paused(record.conference if record else "", job, resources)
    reissuing.reissue(event, job, resources)


@service.on(BadgeAsked)
def make_badge(event: Event[BadgeAsked], job: Job, resources: Resources) -> None:
    """Somebody wants the badge of a document of before badges were kept."""
    badge_asking.make(event, job, resources)


@service.on(StatusChanged)
def sign_status_list(event: Event[StatusChanged], job: Job, resources: Resources) -> None:
    """Badges count no more: whoever verifies one is to find it within seconds."""
    status_signing.sign(event, job, resources)


@service.on(WorkshopsAsked, lane="bulk")
def issue_workshops(event: Event[WorkshopsAsked], job: Job, resources: Resources) -> None:
    """Workshops were chosen after the day was closed."""
    with resources.database.read() as connection:
        day = records.by_id(connection, event.data.certificate_id)
    wait_while_paused(day.conference if day else "", job, resources)
    if day is None or day.state != "valid":
        return
    if of_day := certifying.of_day(day, resources.mint):
        issuing.issue(Order(of_day, job), resources)


@service.on(RealisationAsked, lane="bulk")
def issue_realisation(event: Event[RealisationAsked], job: Job, resources: Resources) -> None:
    """It was chosen, or its facts were corrected, after the day was closed."""
    with resources.database.read() as connection:
        day = records.by_id(connection, event.data.certificate_id)
    wait_while_paused(day.conference if day else "", job, resources)
    if day is None:
        return
    with resources.database.read() as connection:
        wanted = realising.wanted_of(connection, day, resources.mint, str(event.identity))
    if wanted is not None:
        issuing.issue(Order([wanted], job), resources)


@service.on(SpeakerAsked, lane="bulk")
def issue_to_speaker(event: Event[SpeakerAsked], job: Job, resources: Resources) -> None:
    """Speakers were chosen after the day was closed."""
    with resources.database.read() as connection:
        speaker = speakers.by_id(connection, event.data.speaker_id)
    if speaker is None:
        return
    wait_while_paused(speaker.data.conference.slug, job, resources)
    issuing.issue(Order(certifying.of_speaker(speaker, resources.mint), job), resources)


@service.on(PreservationAsked, lane="bulk")
def preserve_document(event: Event[PreservationAsked], job: Job, resources: Resources) -> None:
    """A document is new, or its newest timestamp nears its end: its signature is to verify on."""
    preserving.preserve(event, job, resources)


@service.on(AgeingSought, lane="bulk")
def look_for_ageing(event: Event[AgeingSought], job: Job, resources: Resources) -> None:
    """A new day: whose timestamp nears its end?"""
    preservation.seek(event, job, resources)


@service.on(PublicationAsked)
def publish_design(event: Event[PublicationAsked], job: Job, resources: Resources) -> None:
    """An organiser wants a design in force: it is tried, then it is or is not."""
    resources.close()  # the press of certificates makes room; it is there again when one is made
    publishing.publish_asked(event, job, resources.database, resources.log, stock=resources.stock)


@service.on(VisitOver)
def end_visit(event: Event[VisitOver], job: Job, resources: Resources) -> None:
    """Somebody's link to their own page is too old, and their visit over."""
    with resources.database.begin() as connection:
        forget_visit(connection, event.data.visit)
        job.complete(connection)


@service.on(ConferenceCopied)
def copy_design(event: Event[ConferenceCopied], job: Job, resources: Resources) -> None:
    """A day was made of another one: its certificates look and are given like that one's."""
    slug, original = event.data.conference, event.data.copied_from
    with resources.database.begin() as connection:
        publication.copy_template(connection, slug, original, event.time)
        copy_choice(connection, slug, original, event.time)
        versions.copy(connection, slug, original, event.time)
        job.complete(connection)


@service.on(ConferenceDeleted)
def forget_draft(event: Event[ConferenceDeleted], job: Job, resources: Resources) -> None:
    """The designs, the choices and the pause that it was copied with, or given, go with it."""
    slug = event.data.conference
    with resources.database.begin() as connection:
        wait_until_filed(connection, (ConferenceCopied.type,))
        publication.forget_designs(connection, slug, event.time)
        forget_choice(connection, slug, event.time)
        versions.forget(connection, slug, event.time)
        pausing.forget_pause(connection, slug, event.time)
        job.complete(connection)


@service.on(RegistrationAddressCorrected)
def follow_address(
    event: Event[RegistrationAddressCorrected], job: Job, resources: Resources
) -> None:
    with resources.database.begin() as connection:
        readdress(connection, event.data, resources)
        disown(connection, event.data)
        job.complete(connection)


@service.on(AttendeeErased, SpeakerErased)
def forget_person(
    event: Event[AttendeeErased] | Event[SpeakerErased], job: Job, resources: Resources
) -> None:
    """A person's data must go: not behind a thousand certificates to issue, but at once."""
    erasing.erase(event, job, resources)


@service.on(EvidenceEnds, lane="bulk")
def forget_evidence(event: Event[EvidenceEnds], job: Job, resources: Resources) -> None:
    """What was kept of an erased person for funders goes when its time is over."""
    erasing.end_evidence(event, job, resources)


@service.on(OrganiserErased)
def forget_organiser(event: Event[OrganiserErased], job: Job, resources: Resources) -> None:
    is_them = has_fingerprint(event.data.fingerprint, resources.service_token)
    with resources.database.begin() as connection:
        erasing.erase_organiser(connection, is_them)
        job.complete(connection)


def wait_while_paused(conference: str, job: Job, resources: Resources) -> None:
    """Put the job aside, to be done when issuing is resumed."""
    with resources.database.read() as connection:
        if not is_paused(connection, conference):
            return
    with resources.database.begin(durable=False) as connection:
        if not hold(connection, conference):
            return
        job.park(connection)
    raise Parked("issuing is paused")

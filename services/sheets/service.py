"""Sheets: what this service does with which event."""

from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.base.timers import SheetDue
from services.sheets.checks import checks
from services.sheets.commands import commands
from services.sheets.figures import figures, worries
from services.sheets.funder.bundles import BundleAsked, BundleOver
from services.sheets.funder.realisations import keep_realisation
from services.sheets.hosts import letters
from services.sheets.keeping import erasing, retention, speakers
from services.sheets.lists.choices import choice_of, copy_choice, forget_choice
from services.sheets.lists.days import follow, forget_day, keep_day
from services.sheets.lists.people import keep_person
from services.sheets.lists.retaining import YearsEnd, plan
from services.sheets.resources import Resources, open_resources
from services.sheets.sealing import orders
from services.sheets.sealing.orders import SealAsked
from shared.base.fingerprints import has_fingerprint
from shared.bus.rewriting import wait_until_filed
from shared.events import Event
from shared.events.certificates import CertificateIssued, CertificateRelinked, HeldCertificate
from shared.events.registration import (
    AttendeeErased,
    ConferenceCancelled,
    ConferenceChanged,
    ConferenceCopied,
    ConferenceDeleted,
    ConferencePublished,
    OrganiserErased,
    Place,
    Programme,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    SpeakerErased,
)
from shared.process.service import Job, Service

service: Service[Resources] = Service(
    NAME,
    settings=SheetsSettings,
    resources=open_resources,
    web="services.sheets.web:create",
    commands=commands,
    figures=figures,
    worries=worries,
    checks=checks,
)


@service.on(ConferencePublished, ConferenceChanged, ConferenceCancelled)
def follow_programme(event: Event[Programme], job: Job, resources: Resources) -> None:
    """A room or a time moved, a session is gone or new: so are the sheets."""
    slug = event.data.conference.slug
    cancelled_at = event.time if isinstance(event.data, ConferenceCancelled) else None
    with resources.database.begin() as connection:
        keep_day(connection, event.data, cancelled_at)
        if not retention.are_over(connection, slug):  # of long ago, to a service that is new
            follow(connection, resources.log, slug, choice_of(connection, slug).unit)
            plan(connection, slug)
            letters.follow(connection, slug)
        job.complete(connection)


@service.on(
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationPromoted,
    RegistrationChanged,
    RegistrationCancelled,
)
def follow_person(event: Event[Place], job: Job, resources: Resources) -> None:
    """Somebody is expected, or no longer; walk-ins and whom a door seated too."""
    with resources.database.begin() as connection:
        if not event.redacted and not retention.are_over(connection, event.data.conference.slug):
            keep_person(connection, resources.log, event.data)
        job.complete(connection)


@service.on(CertificateIssued, CertificateRelinked, lane="bulk")
def note_realisation(event: Event[HeldCertificate], job: Job, resources: Resources) -> None:
    """A certificat de réalisation belongs into the file for the funder; its link may be another
    one since."""
    with resources.database.begin() as connection:
        if not event.redacted and not retention.are_over(connection, event.data.conference.slug):
            keep_realisation(connection, event)
        job.complete(connection)


@service.on(AttendeeErased)
def forget_person(event: Event[AttendeeErased], job: Job, resources: Resources) -> None:
    said = event.data
    with resources.database.begin() as connection:
        erasing.erase_person(
            connection, resources.storage, said.registration_id, said.conference or ""
        )
        job.complete(connection)


@service.on(SpeakerErased)
def forget_speaker(event: Event[SpeakerErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        speakers.erase_speaker(connection, resources.storage, resources.log, event.data)
        job.complete(connection)


@service.on(OrganiserErased)
def forget_organiser(event: Event[OrganiserErased], job: Job, resources: Resources) -> None:
    is_them = has_fingerprint(event.data.fingerprint, resources.service_token)
    with resources.database.begin() as connection:
        erasing.erase_organiser(connection, resources.storage, is_them)
        job.complete(connection)


@service.on(SheetDue)
def seal_in_time(event: Event[SheetDue], job: Job, resources: Resources) -> None:
    """Its host has countersigned and its time is over, or it was changed since it was sealed."""
    with resources.database.begin() as connection:
        orders.look(connection, event.data)
        job.complete(connection)


@service.on(SealAsked, lane="bulk")
def seal_sheet(event: Event[SealAsked], job: Job, resources: Resources) -> None:
    """The document of a seal."""
    resources.sealer.make(event, job)


@service.on(BundleAsked, lane="bulk")
def make_bundle(event: Event[BundleAsked], job: Job, resources: Resources) -> None:
    """The next part of a funder's file."""
    resources.bundler.make_part(event, job)


@service.on(BundleOver, lane="bulk")
def end_bundle(event: Event[BundleOver], job: Job, resources: Resources) -> None:
    resources.bundler.end(event, job)


@service.on(YearsEnd, lane="bulk")
def end_years(event: Event[YearsEnd], job: Job, resources: Resources) -> None:
    """Sheets that nobody may ask for any more are gone by themselves."""
    with resources.database.begin() as connection:
        retention.look(connection, resources.storage, resources.log, event.data.conference)
        job.complete(connection)


@service.on(letters.HostLetterDue)
def write_to_host(event: Event[letters.HostLetterDue], job: Job, resources: Resources) -> None:
    """A host's session is near: whoever sends emails is asked to bring them their link."""
    with resources.database.begin() as connection:
        letters.ask(connection, resources.log, event.data)
        job.complete(connection)


@service.on(ConferenceCopied)
def copy_day(event: Event[ConferenceCopied], job: Job, resources: Resources) -> None:
    """A day made of another one has sheets of the same kind."""
    with resources.database.begin() as connection:
        copy_choice(connection, event.data.conference, event.data.copied_from)
        job.complete(connection)


@service.on(ConferenceDeleted)
def forget_draft(event: Event[ConferenceDeleted], job: Job, resources: Resources) -> None:
    slug = event.data.conference
    with resources.database.begin() as connection:
        wait_until_filed(connection, (ConferenceCopied.type,))
        forget_day(connection, slug)
        forget_choice(connection, slug)
        job.complete(connection)

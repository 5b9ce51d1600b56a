"""From an event to its email: what is known is noted, then the email is sent once."""

from dataclasses import replace

from sqlalchemy import Connection

from services.notifications.base import known_places
from services.notifications.base.known_places import Noted
from services.notifications.delivery.handover import send_once
from services.notifications.delivery.log import Errand, open_delivery, without_person
from services.notifications.occasions import announcements, reminders
from services.notifications.occasions.announcements import AnnouncementDue
from services.notifications.occasions.certificates import certificate_email
from services.notifications.occasions.places import (
    WITH_CALENDAR,
    announcement_email,
    place_email,
    reminder_email,
    trial_email,
)
from services.notifications.occasions.reminders import ReminderDue
from services.notifications.resources import Resources
from services.notifications.writing.compose import Identity
from services.notifications.writing.contents import days_until, full_name
from services.notifications.writing.letters import Kind
from services.notifications.writing.samples import TrialWanted
from shared.base.clock import now
from shared.events import Event
from shared.events.certificates import CertificateIssued
from shared.events.registration import Place
from shared.process.service import Job


def mail_about_place(kind: Kind, event: Event[Place], job: Job, resources: Resources) -> None:
    """The email that follows a change of a person's place; their reminders follow it too."""
    place, settings = event.data, resources.settings
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = _errand(kind, identity, place)
    with resources.database.begin(durable=False) as connection:
        noted = Noted(erased=True) if event.redacted else known_places.note(connection, place)
        if noted.erased:
            open_delivery(connection, job, without_person(errand), "erased")
            return
        state = open_delivery(connection, job, errand, settings.too_old(event.time, now()))
        if not noted.overtaken:
            reminders.plan(connection, place, settings.reminder_days)

    def note_what_was_told(connection: Connection) -> None:
        """Only what was withdrawn makes the calendar that was told another than the one noted."""
        if noted.withdrawn and kind in WITH_CALENDAR:
            known_places.calendar_told(connection, place)

    send_once(
        resources,
        job,
        errand,
        state,
        lambda: place_email(kind, place, identity, noted, resources),
        when_sent=note_what_was_told,
    )


def note_place(event: Event[Place], job: Job, resources: Resources) -> None:
    """What nobody is written to about: later letters are written to who they are now."""
    with resources.database.begin() as connection:
        if not event.redacted:
            noted = known_places.note(connection, event.data)
            if not (noted.erased or noted.overtaken):
                reminders.plan(connection, event.data, resources.settings.reminder_days)
        job.complete(connection)


def mail_certificate(event: Event[CertificateIssued], job: Job, resources: Resources) -> None:
    certificate = event.data
    identity = Identity(event.identity, event.time, resources.sender.domain)
    with resources.database.begin(durable=False) as connection:
        known = known_places.read(connection, certificate.registration_id)
        if known is not None and known.place is not None:
            # The address may have been corrected since the day was closed.
            certificate = certificate.model_copy(update={"person": known.place.person})
        errand = _errand("certificate", identity, certificate)
        if event.redacted or (known is not None and known.erased):
            open_delivery(connection, job, without_person(errand), "erased")
            return
        too_old = resources.settings.too_old(event.time, now())
        state = open_delivery(connection, job, errand, too_old)
    send_once(
        resources,
        job,
        errand,
        state,
        lambda: certificate_email(certificate, identity, resources),
    )


def mail_reminder(event: Event[ReminderDue], job: Job, resources: Resources) -> None:
    """Remind whoever still comes, of the day as it is known now."""
    reminder, asked_at = event.data, now()
    with resources.database.begin(durable=False) as connection:
        known = known_places.read(connection, reminder.registration_id)
        place = known.place if known else None
        skip = reminders.needless(reminder, known, asked_at)
        # When it fell due, not when it was set weeks ago.
        moment = reminders.due_at(place.conference, reminder.days) if place else event.time
        identity = Identity(event.identity, moment, resources.sender.domain)
        errand = _errand("reminder", identity, place or reminder)
        state = open_delivery(connection, job, errand, skip)
        if place is not None and not skip:
            reminders.plan(connection, place, resources.settings.reminder_days)
    if skip or place is None:
        return
    days = days_until(place.conference, asked_at)
    send_once(
        resources,
        job,
        errand,
        state,
        lambda: reminder_email(place, identity, days, resources),
    )


def mail_announcement(event: Event[AnnouncementDue], job: Job, resources: Resources) -> None:
    """The organiser's message, to whoever is still of the group it was written to."""
    due = event.data
    identity = Identity(event.identity, event.time, resources.sender.domain)
    with resources.database.begin(durable=False) as connection:
        announcement = announcements.read(connection, due.announcement_id)
        known = known_places.read(connection, due.registration_id)
        place = known.place if known else None
        if announcement is None or place is None:
            job.complete(connection)
            return
        errand = replace(_errand("announcement", identity, place), announcement_id=announcement.id)
        still = announcements.belongs(
            connection, announcement.conference, announcement.audience, due.registration_id
        )
        state = open_delivery(connection, job, errand, None if still else "left-the-group")
    if still:
        send_once(
            resources,
            job,
            errand,
            state,
            lambda: announcement_email(
                announcement.subject, announcement.body, place, identity, resources
            ),
        )


def mail_trial(event: Event[TrialWanted], job: Job, resources: Resources) -> None:
    """A text on trial, to whoever is writing it."""
    trial = event.data
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = Errand(
        event_id=str(event.identity),
        registration_id="",
        conference=trial.conference,
        kind="test",
        name="",
        recipient=trial.to,
        message_id=identity.message_id,
    )
    with resources.database.begin(durable=False) as connection:
        known = known_places.read(connection, trial.registration_id)
        place = known.place if known else None
        if place is None:
            job.complete(connection)
            return
        state = open_delivery(connection, job, errand, None)
    send_once(resources, job, errand, state, lambda: trial_email(trial, place, identity, resources))


def _errand(
    kind: Kind, identity: Identity, about: Place | CertificateIssued | ReminderDue
) -> Errand:
    """For the person that `about` names; a reminder alone names none."""
    named = None if isinstance(about, ReminderDue) else about
    return Errand(
        event_id=str(identity.event_id),
        registration_id=about.registration_id,
        conference=named.conference.slug if named else "",
        kind=kind,
        name=full_name(named.person) if named else "",
        recipient=named.person.email if named else "",
        message_id=identity.message_id,
    )

"""From an event to its email: what is known is noted, then the email is sent once."""

from dataclasses import replace

from sqlalchemy import Connection

from services.notifications.base import known_places, known_programmes
from services.notifications.base.known_places import Known, Noted
from services.notifications.base.known_programmes import Day
from services.notifications.delivery.handover import afresh, send_once
from services.notifications.delivery.log import Errand, open_delivery, without_person
from services.notifications.delivery.resend import send_withheld_certificates
from services.notifications.occasions import announcements, notices, reminders
from services.notifications.occasions.announcements import AnnouncementDue
from services.notifications.occasions.certificates import certificate_email
from services.notifications.occasions.newest_links import as_issued, with_newest_links
from services.notifications.occasions.places import (
    WITH_CALENDAR,
    announcement_email,
    place_email,
    reminder_email,
    trial_email,
)
from services.notifications.occasions.reminders import ReminderDue
from services.notifications.reasons import Reason
from services.notifications.resources import Resources
from services.notifications.writing.compose import Identity
from services.notifications.writing.contents import days_until, full_name
from services.notifications.writing.letters import Kind
from services.notifications.writing.samples import TrialWanted
from shared.base.clock import now
from shared.events import Event
from shared.events.certificates import CertificateIssued, HeldCertificate
from shared.events.registration import Place
from shared.process.service import Job

# What is of no use to anybody once the day is cancelled: of that they are told by an email of its
# own.
OF_A_DAY_TO_COME: tuple[Kind, ...] = ("confirmed", "waitlisted", "promoted", "changed", "reminder")


def mail_about_place(kind: Kind, event: Event[Place], job: Job, resources: Resources) -> None:
    """The email that follows a change of a person's place; their reminders follow it too."""
    afresh(lambda: _mail_about_place(kind, event, job, resources))


def _mail_about_place(kind: Kind, event: Event[Place], job: Job, resources: Resources) -> None:
    place, settings = event.data, resources.settings
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = errand_for(kind, identity, place)
    with resources.database.begin(durable=False) as connection:
        day = known_programmes.hold(connection, place.conference.slug)
        noted = (
            Noted(erased=True)
            if event.redacted
            else known_places.note(connection, place, day, is_told=kind in WITH_CALENDAR)
        )
        if noted.erased:
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        if noted.newest is not None:  # nothing goes to an address, or with a link, of before
            now_is = {name: getattr(noted.newest, name) for name in ("person", "manage_url")}
            place = place.model_copy(update=now_is)
            errand = errand_for(kind, identity, place)
        if errand.recipient:
            send_withheld_certificates(connection, place.registration_id)
        skip = settings.too_old(event.time, now()) or _of_no_use(kind, day)
        state = open_delivery(connection, job, errand, skip)
        if not noted.overtaken:
            days = settings.reminder_days
            reminders.plan(connection, place, day, days, first=noted.first)
            notices.file_for(connection, place, noted.told, day)

    def note_what_was_told(connection: Connection) -> None:
        """Only what was withdrawn makes the calendar that was told another than the one noted."""
        if noted.withdrawn and kind in WITH_CALENDAR:
            known_places.calendar_told(connection, place, day)

    send_once(
        resources,
        job,
        errand,
        state,
        lambda: place_email(kind, day.now(place), identity, noted, day, resources),
        when_sent=note_what_was_told,
        still_true=known_places.newest(noted.newest or place, day),
    )


def note_place(event: Event[Place], job: Job, resources: Resources) -> None:
    """What nobody is written to about: later letters are written to who they are now."""
    with resources.database.begin() as connection:
        if not event.redacted:
            day = known_programmes.hold(connection, event.data.conference.slug)
            noted = known_places.note(connection, event.data, day, is_told=False)
            if not (noted.erased or noted.overtaken):
                reminders.plan(connection, event.data, day, resources.settings.reminder_days)
                notices.file_for(connection, event.data, noted.told, day)
        job.complete(connection)


def mail_certificate(event: Event[HeldCertificate], job: Job, resources: Resources) -> None:
    """To the address of now, which is asked again at the last moment."""
    afresh(lambda: _mail_certificate(event, job, resources))


def _mail_certificate(event: Event[HeldCertificate], job: Job, resources: Resources) -> None:
    told = event.data
    certificate = told if isinstance(told, CertificateIssued) else as_issued(told)
    identity = Identity(event.identity, event.time, resources.sender.domain)
    with resources.database.begin(durable=False) as connection:
        certificate = with_newest_links(connection, certificate)
        known = known_places.read(connection, certificate.registration_id)
        if known is not None and known.place is not None:
            # The address may have been corrected since the day was closed.
            certificate = certificate.model_copy(update={"person": known.place.person})
        errand = errand_for("certificate", identity, certificate)
        if event.redacted or (known is not None and known.erased):
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        too_old = resources.settings.too_old(event.time, now())
        state = open_delivery(connection, job, errand, too_old)
        day = known_programmes.hold(connection, certificate.conference.slug)
    conference = day.conference(certificate.conference)
    as_now = certificate.model_copy(update={"conference": conference})

    send_once(
        resources,
        job,
        errand,
        state,
        lambda: certificate_email(as_now, identity, resources),
        still_true=known_places.unchanged(certificate.registration_id, known),
    )


def mail_reminder(event: Event[ReminderDue], job: Job, resources: Resources) -> None:
    """Remind whoever still comes, of the day as it is known now."""
    afresh(lambda: _mail_reminder(event, job, resources))


def _mail_reminder(event: Event[ReminderDue], job: Job, resources: Resources) -> None:
    reminder, asked_at = event.data, now()
    with resources.database.begin(durable=False) as connection:
        known, day = known_now(connection, reminder.registration_id)
        place = known.place if known else None
        current = day.now(place) if place else None
        skip = reminders.needless(reminder, known, day, asked_at)
        # When it fell due, not when it was set weeks ago.
        moment = event.time
        if current is not None:
            moment = reminders.due_at(current.conference, reminder.days)
        identity = Identity(event.identity, moment, resources.sender.domain)
        errand = errand_for("reminder", identity, current or reminder)
        state = open_delivery(connection, job, errand, skip)
        if place is not None and not skip:
            reminders.plan(connection, place, day, resources.settings.reminder_days)
        if skip or current is None:
            job.complete(connection)
            return
    days = days_until(current.conference, asked_at)
    send_once(
        resources,
        job,
        errand,
        state,
        lambda: reminder_email(current, identity, days, resources),
        still_true=known_places.newest(current, day),
    )


def mail_announcement(event: Event[AnnouncementDue], job: Job, resources: Resources) -> None:
    """The organiser's message, to whoever is still of the group it was written to."""
    afresh(lambda: _mail_announcement(event, job, resources))


def _mail_announcement(event: Event[AnnouncementDue], job: Job, resources: Resources) -> None:
    due = event.data
    identity = Identity(event.identity, event.time, resources.sender.domain)
    with resources.database.begin(durable=False) as connection:
        announcement = announcements.read(connection, due.announcement_id)
        known, day = known_now(connection, due.registration_id)
        place = day.now(known.place) if known and known.place else None
        if announcement is None or place is None:
            job.complete(connection)
            return
        errand = errand_for("announcement", identity, place)
        errand = replace(errand, announcement_id=announcement.id)
        still = announcements.belongs(
            connection, announcement.conference, announcement.audience, due.registration_id
        )
        state = open_delivery(connection, job, errand, None if still else "left-the-group")
        if not still:
            job.complete(connection)
            return
    words = announcement.subject, announcement.body
    send_once(
        resources,
        job,
        errand,
        state,
        lambda: announcement_email(words, place, identity, day, resources),
        still_true=known_places.newest(place, day),
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
        known, day = known_now(connection, trial.registration_id)
        place = day.now(known.place) if known and known.place else None
        if place is None:
            job.complete(connection)
            return
        state = open_delivery(connection, job, errand, None)
    send_once(resources, job, errand, state, lambda: trial_email(trial, place, identity, resources))


def known_now(connection: Connection, registration_id: str) -> tuple[Known | None, Day]:
    """What is known of somebody, with the day that they are registered for."""
    known = known_places.read(connection, registration_id)
    slug = known.place.conference.slug if known and known.place else ""
    return known, known_programmes.hold(connection, slug) if slug else Day("")


def _of_no_use(kind: Kind, day: Day) -> Reason | None:
    return "day-cancelled" if day.cancelled is not None and kind in OF_A_DAY_TO_COME else None


def errand_for(
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
        organisation=(named.person.organisation or "") if named else "",
        code=named.code if isinstance(named, Place) else "",
        message_id=identity.message_id,
    )

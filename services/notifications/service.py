"""What notifications does with each event: it writes to people.

Every event that somebody should hear of is one email, and its row in the delivery log makes it one
for ever: a repeated or replayed event finds its row and sends nothing, unless the operator asks for
the effect again (`replay --from N --force`, `dead replay`).

A database that is built anew from the log has no rows. It sends nothing about what is older than
EMARGE_MAIL_MAX_AGE days, and nothing about what happened before EMARGE_SEND_SINCE: set it to the
moment of the loss. Those emails are listed as skipped; reminders and calendars go on from there.
"""

from services.notifications.base.erased_speakers import erase_speaker
from services.notifications.base.known_places import end_reminders
from services.notifications.base.settings import NotificationsSettings
from services.notifications.commands import commands
from services.notifications.delivery.log import figures
from services.notifications.delivery.unconfirmed import confirm
from services.notifications.erasing import erase, erase_organiser, erase_reader
from services.notifications.occasions.access import mail_link, mail_retention
from services.notifications.occasions.announcements import (
    AnnouncementDue,
    AnnouncementSent,
    discard_all,
    file_page,
)
from services.notifications.occasions.asked import mail_letter
from services.notifications.occasions.audiences import note_when_seen
from services.notifications.occasions.mailing import (
    mail_about_place,
    mail_announcement,
    mail_certificate,
    mail_reminder,
    mail_trial,
    note_place,
)
from services.notifications.occasions.notices import (
    NoticeDue,
    ProgrammeFollowed,
    follow,
    follow_page,
)
from services.notifications.occasions.old_address import mail_old_address
from services.notifications.occasions.places import letter_about
from services.notifications.occasions.reminders import ReminderDue
from services.notifications.occasions.telling import mail_notice
from services.notifications.resources import Resources, open_resources
from services.notifications.writing.own_words import copy_words, forget_words
from services.notifications.writing.samples import TrialWanted
from shared.base.fingerprints import has_fingerprint
from shared.bus.rewriting import wait_until_filed
from shared.events import Event
from shared.events.certificates import (
    CertificateIssued,
    CertificateRelinked,
    HolderLinkRequested,
)
from shared.events.letters import LetterAsked, ReaderErased
from shared.events.registration import (
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendeeErased,
    ConferenceCancelled,
    ConferenceChanged,
    ConferenceCopied,
    ConferenceDeleted,
    ConferencePublished,
    OrganiserErased,
    OrganiserInvited,
    OrganiserLinkRequested,
    Programme,
    RegistrationAddressConfirmed,
    RegistrationAddressCorrected,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationLinkRequested,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RemindersDeclined,
    RetentionEnding,
    SpeakerErased,
)
from shared.process.service import Job, Service

service: Service[Resources] = Service(
    "notifications",
    settings=NotificationsSettings,
    resources=open_resources,
    web="services.notifications.web:create",
    commands=commands,
    figures=figures,
)


@service.on(RegistrationConfirmed)
def send_confirmation(event: Event[RegistrationConfirmed], job: Job, resources: Resources) -> None:
    mail_about_place("confirmed", event, job, resources)


@service.on(RegistrationWaitlisted)
def send_waitlisted(event: Event[RegistrationWaitlisted], job: Job, resources: Resources) -> None:
    mail_about_place("waitlisted", event, job, resources)


@service.on(RegistrationPromoted)
def send_promotion(event: Event[RegistrationPromoted], job: Job, resources: Resources) -> None:
    mail_about_place("promoted", event, job, resources)


@service.on(RegistrationChanged)
def send_change(event: Event[RegistrationChanged], job: Job, resources: Resources) -> None:
    kind = letter_about(event.data)
    if kind is None:
        note_place(event, job, resources)
    else:
        mail_about_place(kind, event, job, resources)


@service.on(RegistrationAddressConfirmed)
def note_confirmed(
    event: Event[RegistrationAddressConfirmed], job: Job, resources: Resources
) -> None:
    with resources.database.begin() as connection:
        if not event.redacted:
            confirm(connection, event.data)
        job.complete(connection)


@service.on(RegistrationAddressCorrected)
def tell_old_address(
    event: Event[RegistrationAddressCorrected], job: Job, resources: Resources
) -> None:
    mail_old_address(event, job, resources)


@service.on(RegistrationCancelled)
def send_cancellation(event: Event[RegistrationCancelled], job: Job, resources: Resources) -> None:
    mail_about_place("cancelled", event, job, resources)


@service.on(RegistrationLinkRequested)
def send_link(event: Event[RegistrationLinkRequested], job: Job, resources: Resources) -> None:
    mail_about_place("link", event, job, resources)


@service.on(ConferencePublished, ConferenceChanged, ConferenceCancelled)
def follow_programme(event: Event[Programme], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        follow(connection, event)
        job.complete(connection)


@service.on(ProgrammeFollowed, lane="bulk")
def follow_to_people(event: Event[ProgrammeFollowed], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        follow_page(connection, event.data, resources.settings.reminder_days)
        job.complete(connection)


@service.on(NoticeDue, lane="bulk")
def send_notice(event: Event[NoticeDue], job: Job, resources: Resources) -> None:
    mail_notice(event, job, resources)


@service.on(OrganiserLinkRequested)
def send_sign_in(event: Event[OrganiserLinkRequested], job: Job, resources: Resources) -> None:
    mail_link("sign-in", event, job, resources)


@service.on(HolderLinkRequested)
def send_holder_link(event: Event[HolderLinkRequested], job: Job, resources: Resources) -> None:
    mail_link("holder-link", event, job, resources)


@service.on(OrganiserInvited)
def send_invitation(event: Event[OrganiserInvited], job: Job, resources: Resources) -> None:
    mail_link("invited", event, job, resources)


@service.on(RetentionEnding)
def announce_end(event: Event[RetentionEnding], job: Job, resources: Resources) -> None:
    mail_retention(event, job, resources)


@service.on(LetterAsked)
def send_letter(event: Event[LetterAsked], job: Job, resources: Resources) -> None:
    mail_letter(event, job, resources)


@service.on(CertificateIssued, lane="bulk")
def send_certificate(event: Event[CertificateIssued], job: Job, resources: Resources) -> None:
    mail_certificate(event, job, resources)


@service.on(CertificateRelinked, lane="bulk")
def send_new_link(event: Event[CertificateRelinked], job: Job, resources: Resources) -> None:
    mail_certificate(event, job, resources)


@service.on(ReminderDue, lane="bulk")
def send_reminder(event: Event[ReminderDue], job: Job, resources: Resources) -> None:
    mail_reminder(event, job, resources)


@service.on(AnnouncementSent, lane="bulk")
def file_announcement(event: Event[AnnouncementSent], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        file_page(connection, event.data)
        job.complete(connection)


@service.on(AnnouncementDue, lane="bulk")
def send_announcement(event: Event[AnnouncementDue], job: Job, resources: Resources) -> None:
    mail_announcement(event, job, resources)


@service.on(TrialWanted)
def send_trial(event: Event[TrialWanted], job: Job, resources: Resources) -> None:
    mail_trial(event, job, resources)


@service.on(AttendanceRecorded, AttendanceWithdrawn, lane="bulk")
def note_attendance(
    event: Event[AttendanceRecorded | AttendanceWithdrawn], job: Job, resources: Resources
) -> None:
    with resources.database.begin() as connection:
        note_when_seen(connection, event)
        job.complete(connection)


@service.on(RemindersDeclined)
def stop_reminders(event: Event[RemindersDeclined], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        end_reminders(connection, event.data.registration_id)
        job.complete(connection)


@service.on(ConferenceCopied)
def copy_own_words(event: Event[ConferenceCopied], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        copy_words(connection, event.data.conference, event.data.copied_from)
        job.complete(connection)


@service.on(ConferenceDeleted)
def forget_draft(event: Event[ConferenceDeleted], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        wait_until_filed(connection, (ConferenceCopied.type,))
        forget_words(connection, event.data.conference, event.time)
        discard_all(connection, event.data.conference, event.time)
        job.complete(connection)


@service.on(SpeakerErased)
def forget_speaker(event: Event[SpeakerErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        erase_speaker(connection, event.data)
        job.complete(connection)


@service.on(AttendeeErased)
def forget_attendee(event: Event[AttendeeErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        erase(connection, event.data)
        job.complete(connection)


@service.on(ReaderErased)
def forget_reader(event: Event[ReaderErased], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        erase_reader(connection, event.subject or "")
        job.complete(connection)


@service.on(OrganiserErased)
def forget_organiser(event: Event[OrganiserErased], job: Job, resources: Resources) -> None:
    is_them = has_fingerprint(event.data.fingerprint, resources.settings.service_token)
    with resources.database.begin() as connection:
        erase_organiser(connection, is_them)
        job.complete(connection)

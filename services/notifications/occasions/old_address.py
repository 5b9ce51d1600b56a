"""The line to an address that was corrected: it hears no more, and not why, nor where."""

from services.notifications.base import known_places
from services.notifications.delivery.handover import send_once
from services.notifications.delivery.log import Errand, open_delivery, without_person
from services.notifications.occasions.places import sender_for
from services.notifications.resources import Resources
from services.notifications.writing.compose import Email, Identity, Mailbox, compose
from services.notifications.writing.contents import about_day, full_name
from shared.base.clock import now
from shared.events import Event
from shared.events.registration import RegistrationAddressCorrected
from shared.process.service import Job


def mail_old_address(
    event: Event[RegistrationAddressCorrected], job: Job, resources: Resources
) -> None:
    about = event.data
    if not event.redacted and not about.person.email:  # they had none until now
        with resources.database.begin() as connection:
            job.complete(connection)
        return
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = Errand(
        event_id=str(event.identity),
        registration_id=about.registration_id,
        conference=about.conference.slug,
        kind="old-address",
        name=full_name(about.person),
        recipient=about.person.email,
        message_id=identity.message_id,
    )
    with resources.database.begin(durable=False) as connection:
        known = known_places.read(connection, about.registration_id)
        if event.redacted or (known is not None and known.erased):
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        too_old = resources.settings.too_old(event.time, now())
        state = open_delivery(connection, job, errand, too_old)
    send_once(resources, job, errand, state, lambda: old_address_email(about, identity, resources))


def old_address_email(
    about: RegistrationAddressCorrected, identity: Identity, resources: Resources
) -> Email:
    person, conference = about.person, about.conference
    content = about_day(conference, person, overtaken=False)
    return compose(
        resources.writer.write("old-address", person.locale, content),
        identity,
        sender=sender_for(conference, resources),
        recipient=Mailbox(full_name(person), person.email),
        reply_to=Mailbox(conference.organiser, conference.contact_email),
    )

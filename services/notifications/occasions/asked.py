"""The emails that other services ask for, in their words. A link that wants a pass is completed
here: no log, queue or database ever holds one that works."""

from typing import Any

from services.notifications.base import known_programmes
from services.notifications.delivery.handover import send_once
from services.notifications.delivery.log import Errand, open_delivery, without_person
from services.notifications.occasions.places import sender_for
from services.notifications.reasons import Reason
from services.notifications.resources import Resources
from services.notifications.writing.compose import Email, Identity, Mailbox, compose
from shared.base.clock import now
from shared.bus.erasure import is_of_erased
from shared.events import Event
from shared.events.letters import LetterAsked
from shared.events.registration import Person
from shared.http.passes import with_pass_until
from shared.process.service import Job


def mail_letter(event: Event[LetterAsked], job: Job, resources: Resources) -> None:
    """Send it, unless it would come too late. What it says of the day is as it is now."""
    about = event.data
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = Errand(
        event_id=str(event.identity),
        registration_id=event.subject or "",
        conference=about.conference.slug if about.conference else "",
        kind="asked",
        name=about.name,
        recipient=about.email,
        message_id=identity.message_id,
    )
    with resources.database.begin(durable=False) as connection:
        if is_of_erased(connection, event):
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        state = open_delivery(connection, job, errand, _too_late(event, resources))
        if about.conference is not None:
            day = known_programmes.hold(connection, about.conference.slug)
            about = about.model_copy(update={"conference": day.conference(about.conference)})
    send_once(resources, job, errand, state, lambda: _email(about, identity, resources))


def _too_late(event: Event[LetterAsked], resources: Resources) -> Reason | None:
    if event.data.good_until is not None and event.data.good_until <= now():
        return "link-expired"
    return resources.settings.too_old(event.time, now())


def _email(about: LetterAsked, identity: Identity, resources: Resources) -> Email:
    settings, conference = resources.settings, about.conference
    path = about.path
    if about.good_until is not None:
        path = with_pass_until(path, settings.keys, int(about.good_until.timestamp()))
    content: dict[str, Any] = {
        "subject": about.subject,
        "paragraphs": about.paragraphs,
        "button": about.button,
        "url": f"{settings.public_url}{path}",
        "person": Person(first_name=about.name, last_name="", email=about.email),
        "conference": conference,
        "overtaken": False,
        "day_cancelled": None,
        "confirm_by": None,
    }
    sender = reply_to = resources.sender
    if conference is not None:
        content["zone"] = conference.timezone
        sender = sender_for(conference, resources)
        reply_to = Mailbox(conference.organiser, conference.contact_email)
    return compose(
        resources.writer.write("asked", about.locale, content),
        identity,
        sender=sender,
        recipient=Mailbox(about.name, about.email),
        reply_to=reply_to,
    )

"""The emails with a link that signs in, or opens one's own page of certificates. The link is
completed here, with a pass: no log, queue or database ever holds one that works."""

from typing import Any

from services.notifications.base import known_programmes
from services.notifications.delivery.handover import send_once
from services.notifications.delivery.log import Errand, open_delivery, without_person
from services.notifications.occasions.places import sender_for
from services.notifications.reasons import Reason
from services.notifications.resources import Resources
from services.notifications.writing.compose import Email, Identity, Mailbox, compose
from services.notifications.writing.letters import Kind
from shared.base.clock import now
from shared.bus.erasure import is_of_erased
from shared.events import Event
from shared.events.registration import OrganiserInvited, RetentionEnding, SignIn
from shared.http.passes import with_pass_until
from shared.process.service import Job


def mail_link(kind: Kind, event: Event[SignIn], job: Job, resources: Resources) -> None:
    """Send it, unless it would arrive too late to be used."""
    identity = Identity(event.identity, event.time, resources.sender.domain)
    errand = Errand(
        event_id=str(event.identity),
        registration_id=event.subject or "",  # of a holder of certificates: forgotten with them
        conference="",  # no organiser of a day reads who else signs in
        kind=kind,
        name="",
        recipient=event.data.email,
        message_id=identity.message_id,
    )
    late: Reason | None = "link-expired" if event.data.expires_at <= now() else None
    about = event.data
    with resources.database.begin(durable=False) as connection:
        if is_of_erased(connection, event):
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        state = open_delivery(connection, job, errand, late)
        if isinstance(about, OrganiserInvited) and about.conference:
            day = known_programmes.hold(connection, about.conference.slug)
            conference = day.conference(about.conference)
            about = about.model_copy(update={"conference": conference})
    send_once(resources, job, errand, state, lambda: link_email(kind, about, identity, resources))


def mail_retention(event: Event[RetentionEnding], job: Job, resources: Resources) -> None:
    """Tell an organiser that people's data will go."""
    identity = Identity(event.identity, event.time, resources.sender.domain)
    about = event.data
    errand = Errand(
        event_id=str(event.identity),
        registration_id="",
        conference="",
        kind="retention",
        name="",
        recipient=about.email,
        message_id=identity.message_id,
    )
    with resources.database.begin(durable=False) as connection:
        if is_of_erased(connection, event):
            open_delivery(connection, job, without_person(errand), "erased")
            job.complete(connection)
            return
        too_old = resources.settings.too_old(event.time, now())
        state = open_delivery(connection, job, errand, too_old)

    def letter() -> Email:
        content = {
            "conference": about.conference,
            "zone": about.conference.timezone,
            "people": about.people,
            "erased_on": about.erased_on,
            "url": about.url,
        }
        return compose(
            resources.writer.write("retention", about.locale, content),
            identity,
            sender=resources.sender,
            recipient=Mailbox("", about.email),
            reply_to=resources.sender,
        )

    send_once(resources, job, errand, state, letter)


def link_email(kind: Kind, about: SignIn, identity: Identity, resources: Resources) -> Email:
    settings = resources.settings
    until = int(about.expires_at.timestamp())
    path = with_pass_until(about.path, settings.keys, until)
    content: dict[str, Any] = {"url": f"{settings.public_url}{path}", "conference": None}
    sender = reply_to = resources.sender
    if isinstance(about, OrganiserInvited):
        conference = about.conference
        content |= {"role": about.role, "invited_by": about.invited_by, "conference": conference}
        if conference is not None:
            content["zone"] = conference.timezone
            sender = sender_for(conference, resources)
            reply_to = Mailbox(conference.organiser, conference.contact_email)
    return compose(
        resources.writer.write(kind, about.locale, content),
        identity,
        sender=sender,
        recipient=Mailbox("", about.email),
        reply_to=reply_to,
    )

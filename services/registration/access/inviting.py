"""Giving somebody a role and telling them by email, with a link that signs them in."""

from datetime import timedelta

from services.registration.access.mailed_links import HOME, new_link
from services.registration.access.members import give_role
from services.registration.access.organisers import make_organiser_of_all
from services.registration.access.roles import MemberRole
from services.registration.base.person import Locale, address_key, locale_of
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import OrganiserInvited

INVITATION_LIVES = timedelta(days=7)


@retried
def invite_member(
    desk: Desk, conference: Conference, email: str, role: MemberRole, *, invited_by: Actor
) -> None:
    """They have this role for the conference from now on. Raises LastOrganiser."""
    with desk.database.begin() as connection:
        organiser_id = give_role(desk, connection, conference.id, email, role, invited_by)
        goes_to = f"/checkin/{conference.slug}" if role == "staff" else f"{HOME}/{conference.slug}"
        invitation = OrganiserInvited(
            email=address_key(email),
            locale=locale_of(conference.language),
            path=new_link(connection, organiser_id, INVITATION_LIVES, goes_to),
            expires_at=now() + INVITATION_LIVES,
            role=role,
            conference=conference_of(conference, desk.links),
            invited_by=invited_by.name,
        )
        desk.log.append(connection, invitation)


@retried
def invite_organiser(desk: Desk, email: str, locale: Locale, *, invited_by: str) -> None:
    """They organise every conference from now on."""
    with desk.database.begin() as connection:
        organiser_id = make_organiser_of_all(connection, email)
        invitation = OrganiserInvited(
            email=address_key(email),
            locale=locale,
            path=new_link(connection, organiser_id, INVITATION_LIVES, HOME),
            expires_at=now() + INVITATION_LIVES,
            role="organiser",
            conference=None,
            invited_by=invited_by,
        )
        desk.log.append(connection, invitation)

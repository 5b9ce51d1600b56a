"""Links that sign in, by email.

The event that has one sent stays in the log, so it holds no key: it names the link's path, and who
sends the email adds a pass, made with the service token. What is kept here is that the link exists,
until when, where it leads, and whether it was used.
"""

import re
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, exists, insert, or_, select

from services.registration.access.roles import MemberRole
from services.registration.base import tables
from services.registration.base.person import Locale, email_key
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.seats.places import conference_of
from shared.base.clock import now
from shared.events.registration import OrganiserInvited, OrganiserLinkRequested

LINK_LIVES = timedelta(minutes=15)
INVITATION_LIVES = timedelta(days=7)
HOME = "/organiser"

# Of our own pages for people who sign in; nothing that a browser could read as another place.
_OWN = re.compile(r"/(organiser|checkin)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*(\?[A-Za-z0-9_=&%.~-]*)?")


def own_path(path: str) -> str:
    """Where to go after signing in: the path when it is one of ours, else the organiser's home."""
    return path if _OWN.fullmatch(path) else HOME


def request_link(desk: Desk, email: str, locale: Locale, goes_to: str) -> None:
    """Have a link sent to this address, if somebody with a role has it."""
    with desk.database.begin() as connection:
        organiser_id = connection.execute(
            select(tables.Organiser.id).where(
                tables.Organiser.email == email_key(email),
                or_(
                    tables.Organiser.everywhere,
                    exists().where(tables.Member.organiser_id == tables.Organiser.id),
                ),
            )
        ).scalar()
        if organiser_id is None:
            return
        name = _new_link(connection, organiser_id, LINK_LIVES, own_path(goes_to))
        desk.log.append(
            connection,
            OrganiserLinkRequested(
                email=email_key(email),
                locale=locale,
                path=f"/organiser/sign-in/{name}",
                expires_at=now() + LINK_LIVES,
            ),
        )


def send_invitation(
    desk: Desk,
    connection: Connection,
    organiser_id: int,
    email: str,
    *,
    role: MemberRole,
    conference: Conference | None,
    locale: Locale,
    invited_by: str,
) -> None:
    """Tell somebody of their new role, with a link that signs them in."""
    goes_to = HOME
    if conference is not None:
        goes_to = f"/checkin/{conference.slug}" if role == "staff" else f"{HOME}/{conference.slug}"
    name = _new_link(connection, organiser_id, INVITATION_LIVES, goes_to)
    desk.log.append(
        connection,
        OrganiserInvited(
            email=email_key(email),
            locale=locale,
            path=f"/organiser/sign-in/{name}",
            expires_at=now() + INVITATION_LIVES,
            role=role,
            conference=conference_of(conference, desk.links) if conference else None,
            invited_by=invited_by,
        ),
    )


def _new_link(connection: Connection, organiser_id: int, lives: timedelta, goes_to: str) -> str:
    name = str(uuid4())
    connection.execute(
        insert(tables.SignInLink).values(
            token_hash=name,  # no hash: it opens nothing without its pass
            organiser_id=organiser_id,
            expires_at=now() + lives,
            goes_to=goes_to,
        )
    )
    return name

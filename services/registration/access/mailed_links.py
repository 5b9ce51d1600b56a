"""Links that sign in, by email.

The event that has one sent stays in the log, so it holds no key: it names the link's path, and who
sends the email adds a pass, made with the service token. What is kept here is that the link exists,
until when, where it leads, and whether it was used.
"""

import re
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, exists, insert, or_, select

from services.registration.access.tables import SignInLink
from services.registration.base import tables
from services.registration.base.person import Locale, address_key
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import OrganiserLinkRequested

LINK_LIVES = timedelta(minutes=15)
HOME = "/organiser"

# Of our own pages for people who sign in; nothing that a browser could read as another place.
_OWN = re.compile(r"/(organiser|checkin)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*(\?[A-Za-z0-9_=&%.~-]*)?")


def own_path(path: str) -> str:
    """Where to go after signing in: the path when it is one of ours, else the organiser's home."""
    return path if _OWN.fullmatch(path) else HOME


@retried
def request_link(desk: Desk, email: str, locale: Locale, goes_to: str) -> None:
    """Have a link sent to this address, if somebody with a role has it."""
    with desk.database.begin() as connection:
        organiser_id = connection.execute(
            select(tables.Organiser.id).where(
                tables.Organiser.email == address_key(email),
                or_(
                    tables.Organiser.everywhere,
                    exists().where(tables.Member.organiser_id == tables.Organiser.id),
                ),
            )
        ).scalar()
        if organiser_id is None:
            return
        desk.log.append(
            connection,
            OrganiserLinkRequested(
                email=address_key(email),
                locale=locale,
                path=new_link(connection, organiser_id, LINK_LIVES, own_path(goes_to)),
                expires_at=now() + LINK_LIVES,
            ),
        )


def new_link(connection: Connection, organiser_id: int, lives: timedelta, goes_to: str) -> str:
    """The path of a link that signs this person in once; it opens when it comes with its pass."""
    name = str(uuid4())
    connection.execute(
        insert(SignInLink).values(
            token_hash=name,  # no hash: it opens nothing without its pass
            organiser_id=organiser_id,
            expires_at=now() + lives,
            goes_to=goes_to,
        )
    )
    return f"/organiser/sign-in/{name}"

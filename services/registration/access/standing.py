"""What somebody may do at this moment, for a service that knew it a while ago."""

from sqlalchemy import Connection

from services.registration.access.ending import organiser, token
from services.registration.access.organisers import email_and_rights
from services.registration.access.roles import Role
from services.registration.access.sign_ins import session_called
from services.registration.access.tokens import read_token


def role_now(connection: Connection, session: str, holder: str, slug: str) -> Role | None:
    """Of a sign-in (its id), at a conference; none once it has ended, or is another's."""
    known = session_called(connection, session)
    if known is None:
        return None
    if known.organiser_id is not None and holder == organiser(known.organiser_id):
        person = email_and_rights(connection, known.organiser_id)
        return person[1].role(slug) if person else None
    if known.token_id is not None and holder == token(known.token_id):
        found = read_token(connection, known.token_id)
        return found.rights.role(slug) if found else None
    return None

"""Who signs: known by their own link, or by the code of their badge and their last name."""

import re

from sqlalchemy import Connection, select

from services.sheets.base.tables import Participant
from services.sheets.lists.people import link_digest
from shared.words.codes import parse_code
from shared.words.folding import LAST, WHOLE, sought, words_sought

# As registration makes them (docs/events: `code` of a place).
CODE_LENGTH, CODE_GROUP = 10, 5
_LINK = re.compile(r"/r/([\w.-]{20,200})", re.ASCII)
_ADDRESS = re.compile(r"https?:|www\.|/")


def is_address(text: str) -> bool:
    """Whether somebody gives a link, whatever it leads to: no code has a slash."""
    return _ADDRESS.search(text.lower()) is not None


def recognise(connection: Connection, conference: str, text: str, last_name: str) -> str | None:
    """The registration, at this conference, of whoever gives a code and that last name, or pastes
    their link, which says enough by itself; also one that has no place any more. Names are read as
    people type them: without accents, apostrophes or case, the first name beside it or not."""
    link = _LINK.search(text)
    if link is not None:
        statement = select(Participant.registration_id).where(
            Participant.conference == conference, Participant.link_digest == link_digest(link[1])
        )
        return connection.execute(statement).scalar()
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is None:
        return None
    row = connection.execute(
        select(Participant.registration_id, Participant.first_name, Participant.last_name).where(
            Participant.conference == conference, Participant.code == code
        )
    ).first()
    if row is None:
        return None
    given = "".join(words_sought(last_name))
    known = sought(row.last_name, row.first_name)
    is_theirs = any(f" {mark}{given} " in known for mark in (LAST, WHOLE))
    return row.registration_id if given and is_theirs else None

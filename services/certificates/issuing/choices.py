"""What an organiser wants beside the certificate of the day: one a workshop, one a speaker.

Chosen on the conference's page or by `choose`; what is chosen after the day is issued then.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select

from services.certificates.base.tables import ConferenceChoice
from shared.base.database import upsert


@dataclass(frozen=True)
class Choice:
    workshops: bool = False
    speakers: bool = False


NEITHER = Choice()


def choice_of(connection: Connection, conference: str) -> Choice:
    row = connection.execute(_ONE, {"wanted": conference}).first()
    return Choice(row.workshops, row.speakers) if row else NEITHER


def choose(connection: Connection, conference: str, choice: Choice) -> None:
    values = {"workshops": choice.workshops, "speakers": choice.speakers}
    connection.execute(
        upsert(connection, ConferenceChoice)
        .values(conference=conference, **values)
        .on_conflict_do_update(index_elements=["conference"], set_=values)
    )


def copy_choice(connection: Connection, conference: str, copied_from: str) -> None:
    """What is chosen for another conference, for one that nothing is chosen for."""
    known = {
        slug: connection.execute(_ONE, {"wanted": slug}).first()
        for slug in (conference, copied_from)
    }
    original = known[copied_from]
    if original is not None and known[conference] is None:
        choose(connection, conference, Choice(original.workshops, original.speakers))


def forget_choice(connection: Connection, conference: str) -> None:
    connection.execute(delete(ConferenceChoice).where(ConferenceChoice.conference == conference))


_ONE = select(ConferenceChoice.workshops, ConferenceChoice.speakers).where(
    ConferenceChoice.conference == bindparam("wanted")
)

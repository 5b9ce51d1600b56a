"""What an organiser wants beside the certificate of the day: one a workshop, one a speaker.

Chosen on the conference's page or by `choose`; what is chosen after the day is issued then.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from services.certificates.base.tables import ConferenceChoice
from shared.base.clock import now
from shared.base.database import upsert


@dataclass(frozen=True)
class Choice:
    workshops: bool = False
    speakers: bool = False


NEITHER = Choice()


def choice_of(connection: Connection, conference: str) -> Choice:
    row = connection.execute(_ONE, {"wanted": conference}).first()
    return Choice(row.workshops, row.speakers) if row else NEITHER


def choose(
    connection: Connection, conference: str, choice: Choice, at: datetime | None = None
) -> None:
    """From then on, or from now on."""
    values = {
        "workshops": choice.workshops,
        "speakers": choice.speakers,
        "chosen_at": at or now(),
    }
    connection.execute(
        upsert(connection, ConferenceChoice)
        .values(conference=conference, **values)
        .on_conflict_do_update(index_elements=["conference"], set_=values)
    )


def copy_choice(connection: Connection, conference: str, copied_from: str, at: datetime) -> None:
    """What is chosen for another conference, for one that nothing is chosen for."""
    known = {
        slug: connection.execute(_ONE, {"wanted": slug}).first()
        for slug in (conference, copied_from)
    }
    original = known[copied_from]
    if original is not None and known[conference] is None:
        choose(connection, conference, Choice(original.workshops, original.speakers), at)


def forget_choice(connection: Connection, conference: str, until: datetime) -> None:
    """That of a conference that is gone; another may be called so since."""
    connection.execute(
        delete(ConferenceChoice).where(
            ConferenceChoice.conference == conference, ConferenceChoice.chosen_at <= until
        )
    )


_ONE = select(ConferenceChoice.workshops, ConferenceChoice.speakers).where(
    ConferenceChoice.conference == bindparam("wanted")
)

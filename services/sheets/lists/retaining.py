"""Until when a conference's sheets are kept, by a timer that follows the day and the choice."""

from typing import ClassVar
from uuid import uuid4

from sqlalchemy import Connection

from services.sheets.lists.choices import choice_of
from services.sheets.lists.days import programme_of
from shared.base.clock import now
from shared.bus.inbox import schedule
from shared.events import Payload


class YearsEnd(Payload):
    """The sheets of a conference may have been kept for long enough, or for somebody else."""

    type: ClassVar[str] = "sheets.years-end"
    conference: str


def plan(connection: Connection, slug: str) -> None:
    """Look at it once its years are over, as they are today: those of then are asked again."""
    programme = programme_of(connection, slug)
    if programme is None:
        return
    at = choice_of(connection, slug).kept_until(programme.conference)
    ends = YearsEnd(conference=slug)
    schedule(connection, ends, key=f"years:{slug}:{at.date()}", at=at, subject=None)


def look_now(connection: Connection, slug: str) -> None:
    """What was kept of erased people for somebody who no longer asks for it goes at once."""
    ends = YearsEnd(conference=slug)
    schedule(connection, ends, key=f"years:{slug}:{uuid4()}", at=now(), subject=None)

"""What a seal says of its sheet beside who signed: written into the `sealed` entry, and so never
changed by what the programme becomes afterwards."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
)
from sqlalchemy import Connection

from services.sheets.base.records import SheetRecord
from services.sheets.chain.entries import HEADING, Entry
from services.sheets.lists.days import programme_of
from shared.events.parts import Conference, Session
from shared.handouts.calendar import location

Words = Annotated[str, StringConstraints(max_length=4000)]


class Heading(BaseModel):
    """`conference` is its title, `sessions` are titles."""

    model_config = ConfigDict(frozen=True)

    conference: Words
    organiser: Words
    place: Words
    title: Words
    room: Words
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: Words
    sessions: tuple[Words, ...] = ()


def heading_of(connection: Connection, sheet: SheetRecord) -> Heading:
    """As the sheet and its programme are now."""
    programme = programme_of(connection, sheet.conference)
    day = programme.conference if programme else None
    known = {each.session: each for each in programme.sessions} if programme else {}
    sessions = [known[each] for each in sheet.sessions if each in known]
    return Heading(
        conference=day.title if day else sheet.conference,
        organiser=day.organiser if day else "",
        place=_place(day, sessions),
        title=sheet.title,
        room=sheet.room,
        starts_at=sheet.starts_at,
        ends_at=sheet.ends_at,
        timezone=day.timezone if day else "UTC",
        sessions=tuple(each.title for each in sessions),
    )


def heading_in(entry: Entry | None) -> Heading | None:
    """What a `sealed` entry says; None of an entry that says nothing, or that was altered."""
    try:
        return Heading.model_validate(entry.said[HEADING]) if entry else None
    except (KeyError, TypeError, ValidationError):
        return None


def _place(day: Conference | None, sessions: Sequence[Session]) -> str:
    """The sessions' own venue, where they have one; else the day's, its city once."""
    own = {(each.venue, each.address) for each in sessions if each.venue}
    if len(own) == 1 and all(each.venue for each in sessions):
        return ", ".join(filter(None, own.pop()))
    return location(day) if day else ""

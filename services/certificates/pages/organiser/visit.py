"""What the organiser's pages work with: who is visiting, which conference, the form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.desk import AtDesk
from shared.events.registration import Conference
from shared.pages.visitors import Visitor, visitor_of

AREA = "certificates"
MOST_FILES = 20
MOST_TEXT = 512 * 1024  # characters of a template; far above what any person writes


@dataclass(frozen=True)
class Here:
    """Where a page is shown: to whom, and of which conference as far as certificates know it."""

    who: Visitor
    conference: Conference | None

    @property
    def slug(self) -> str:
        return self.who.conference

    @property
    def address(self) -> str:
        return f"/organiser/{self.slug}/{AREA}"

    @property
    def words(self) -> dict[str, Any]:
        """For the templates."""
        zone = self.conference.timezone if self.conference else "Europe/Paris"
        return {
            "who": self.who,
            "conference": self.conference,
            "zone": zone,
            "here": self.address,
        }


def here_of(request: Request, desk: AtDesk) -> Here:
    who = visitor_of(request)
    with desk.database.read() as connection:
        known = records.any_of(connection, who.conference)
    return Here(who, known.attended.conference if known else None)


def of_this_conference(record: Record | None, at: Here) -> bool:
    """Whether the visitor may see it: it is there, not erased, and of their own conference."""
    return record is not None and record.conference == at.slug and record.erased_at is None


async def form_of(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=MOST_FILES, max_fields=60, max_part_size=MOST_TEXT) as form:
        yield form


def typed(form: FormData, name: str) -> str:
    """What was typed in a field, its lines ended by a newline; nothing when it is absent."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


At = Annotated[Here, Depends(here_of)]
Form = Annotated[FormData, Depends(form_of)]

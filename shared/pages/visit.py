"""What every page of every service depends on: the site, the database, the visitor's language, what
a form holds, and on an organiser's pages of another service where in which conference one is."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from shared.base.database import Database
from shared.events.registration import Conference
from shared.pages.site import Site
from shared.pages.visitors import Visitor
from shared.words.language import Language

MOST_IN_A_FIELD = 1024 * 1024  # bytes
UNKNOWN_ZONE = "Europe/Paris"  # whose clocks are shown while the conference is not known yet


async def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def language_of(request: Request) -> Language:
    site: Site = request.app.state.site
    return site.language(request)


def form_of(
    *, fields: int, files: int = 0, field_size: int = MOST_IN_A_FIELD
) -> Callable[[Request], AsyncIterator[FormData]]:
    """A dependency: the form that was sent, of at most so many fields and files; `field_size` is
    bytes of one field."""

    async def read(request: Request) -> AsyncIterator[FormData]:
        async with request.form(
            max_files=files, max_fields=fields, max_part_size=field_size
        ) as form:
            yield form

    return read


def typed(form: FormData, name: str) -> str:
    """What was typed in a field, its lines ended by a newline; nothing when it is absent or a
    file."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


@dataclass(frozen=True)
class Here:
    """Where in an area a page is shown (shared.pages.visitors): to whom, and of which conference as
    far as the service knows it."""

    who: Visitor
    area: str
    conference: Conference | None

    @property
    def slug(self) -> str:
        return self.who.conference

    @property
    def address(self) -> str:
        return f"/organiser/{self.slug}/{self.area}"

    @property
    def words(self) -> dict[str, Any]:
        """For the templates."""
        return {
            "who": self.who,
            "conference": self.conference,
            "zone": self.conference.timezone if self.conference else UNKNOWN_ZONE,
            "here": self.address,
        }


OnSite = Annotated[Site, Depends(site_of)]
InDatabase = Annotated[Database, Depends(database_of)]
Speaking = Annotated[Language, Depends(language_of)]

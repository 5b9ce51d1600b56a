"""What every page works with: the site, the database, who is visiting, and the form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from services.notifications.base.known_places import conference_known
from shared.base.database import Database
from shared.events.registration import Conference
from shared.pages import Site
from shared.pages.visitors import Visitor, visitor_of
from shared.words.language import Language


async def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def language_of(request: Request) -> Language:
    site: Site = request.app.state.site
    return site.language(request)


async def form_of(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=0, max_fields=20) as form:
        yield form


@dataclass(frozen=True)
class Here:
    """Where a page is shown: to whom, and of which conference as far as it is known."""

    who: Visitor
    conference: Conference | None

    @property
    def slug(self) -> str:
        return self.who.conference

    @property
    def zone(self) -> str | None:
        return self.conference.timezone if self.conference else None

    @property
    def words(self) -> dict[str, Any]:
        """For the templates."""
        return {
            "who": self.who,
            "conference": self.conference,
            "zone": self.zone,
            "here": f"/organiser/{self.slug}/emails",
        }


def here_of(request: Request, database: "InDatabase") -> Here:
    who = visitor_of(request)
    with database.read() as connection:
        return Here(who, conference_known(connection, who.conference))


def typed(form: FormData, name: str) -> str:
    """What was typed in a field, its lines ended by a newline; nothing when it is absent."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


OnSite = Annotated[Site, Depends(site_of)]
InDatabase = Annotated[Database, Depends(database_of)]
Speaking = Annotated[Language, Depends(language_of)]
At = Annotated[Here, Depends(here_of)]
Form = Annotated[FormData, Depends(form_of)]

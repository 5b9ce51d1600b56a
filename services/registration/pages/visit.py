"""What every page works with: the site, the desk, and the form that was sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from services.registration.desk import Desk
from shared.pages import Site
from shared.words.language import Language

MOST_FIELDS = 400


async def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def language_of(request: Request) -> Language:
    site: Site = request.app.state.site
    return site.language(request)


async def form_of(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        yield form


@dataclass(frozen=True)
class Visit:
    """One request for a page: what came, the site that answers it, the desk it is about."""

    request: Request
    site: Site
    desk: Desk

    @property
    def language(self) -> Language:
        return self.site.language(self.request)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        return self.site.page(self.request, template, status=status, **facts)


async def visit_of(request: Request) -> Visit:
    return Visit(request, request.app.state.site, request.app.state.desk)


Visiting = Annotated[Visit, Depends(visit_of)]
OnSite = Annotated[Site, Depends(site_of)]
AtDesk = Annotated[Desk, Depends(desk_of)]
Speaking = Annotated[Language, Depends(language_of)]
Form = Annotated[FormData, Depends(form_of)]


def typed(form: FormData, name: str) -> str:
    """What was typed in a field; nothing when it is absent or a file."""
    value = form.get(name)
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""


def address_of(request: Request) -> str:
    """Where the visitor connects from."""
    return request.client.host if request.client else ""

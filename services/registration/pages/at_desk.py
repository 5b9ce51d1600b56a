"""What a page of registration works with beside what every page has: the desk, and its forms."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from services.registration.desk import Desk
from services.registration.seats.group_commit import GroupCommit
from shared.pages import Site
from shared.pages.visit import form_of
from shared.words.language import Language

MOST_FIELDS = 400


async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


@dataclass(frozen=True)
class Visit:
    """One request for a page: what came, the site that answers it, the desk it is about."""

    request: Request
    site: Site
    desk: Desk

    @property
    def group_commit(self) -> GroupCommit:
        group_commit: GroupCommit = self.request.app.state.group_commit
        return group_commit

    @property
    def language(self) -> Language:
        return self.site.language(self.request)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        return self.site.page(self.request, template, status=status, **facts)


async def visit_of(request: Request) -> Visit:
    return Visit(request, request.app.state.site, request.app.state.desk)


Visiting = Annotated[Visit, Depends(visit_of)]
AtDesk = Annotated[Desk, Depends(desk_of)]
Form = Annotated[FormData, Depends(form_of(fields=MOST_FIELDS, files=1))]

"""Pages behind what is for machines, in one application: each tells refusals in its own way."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Scope

from shared.http.application import MAX_BODY
from shared.pages.uploads import RefuseLargeForms, Words

IsPage = Callable[[str], bool]


class PagesMount(Mount):
    """What is for people, as `is_page` says of a path; all else gets its errors as problem
    details."""

    def __init__(self, pages: ASGIApp, is_page: IsPage) -> None:
        super().__init__("", pages)
        self._is_page = is_page

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if "\0" in path or not self._is_page(path):
            return Match.NONE, {}
        return super().matches(scope)


def mount_pages(
    app: FastAPI,
    pages: FastAPI,
    is_page: IsPage,
    most: Callable[[str], int] = lambda _path: MAX_BODY,
    words: Words = lambda *_: "",
) -> None:
    """To be called last: what is there already goes first. `most` and `words`: how large a form may
    be and what one that is larger is told, by path (shared.pages.uploads)."""
    app.router.routes.append(PagesMount(pages, is_page))
    app.add_middleware(RefuseLargeForms, site=pages.state.site, most=most, words=words)

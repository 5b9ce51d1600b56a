"""Pages on which anybody has a document checked: by the code printed on it, or by its file.

A service brings two templates: `ask.html`, which extends `verification.html`, for the code or the
file, and one for what `show` says of a verdict.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from shared.http.for_everybody import for_everybody
from shared.http.limits import FromNetwork
from shared.pages.site import Site
from shared.pages.visit import OnSite
from shared.words.codes import PRINTED, parse_code

MOST_SHOWN = 60  # characters of what was typed


class Verdict(Protocol):
    """`finding`: "unknown" of a code that no document has, "mistyped" of one that none can have."""

    @property
    def finding(self) -> str: ...


Found = TypeVar("Found", bound=Verdict, covariant=True)


class Verifier(Protocol[Found]):
    """What became of a document, told to whoever asks from a network. Raises TooManyTries, Busy."""

    def verify(self, typed: str, network: str) -> Found: ...

    def verify_content(self, content: bytes, network: str) -> Found: ...


def verification(
    address: str,
    verifier_of: Callable[[Request], Verifier[Found]],
    show: Callable[[Request, Found], Response],
) -> APIRouter:
    """The routes; `show` is the page of a document that is known, and of any file."""
    router = APIRouter()

    def form(
        request: Request, site: Site, typed: str, complaint: str | None, status: int = 200
    ) -> Response:
        return site.page(
            request,
            "ask.html",
            status=status,
            address=address,
            typed=typed[:MOST_SHOWN],
            complaint=complaint,
        )

    @router.get(address)
    def ask(request: Request, site: OnSite, code: str = "") -> Response:
        """Where to enter a code or choose a file; a code is asked for by its own address."""
        parsed = parse_code(code, *PRINTED)
        if parsed is not None:
            return RedirectResponse(f"{address}/{parsed}", 303)
        return form(request, site, code, "mistyped" if code.strip() else None)

    @router.get(f"{address}/{{code}}", dependencies=[for_everybody])
    def by_code(request: Request, code: str, site: OnSite, network: FromNetwork) -> Response:
        verdict = verifier_of(request).verify(code, network)
        if verdict.finding in ("unknown", "mistyped"):
            return form(request, site, code, verdict.finding, HTTPStatus.NOT_FOUND)
        return show(request, verdict)

    @router.post(address)
    def by_file(
        request: Request,
        site: OnSite,
        network: FromNetwork,
        document: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        """The file is compared in memory and forgotten."""
        content = document.file.read() if document else b""
        if not content:
            return form(request, site, "", "no-file")
        return show(request, verifier_of(request).verify_content(content, network))

    return router

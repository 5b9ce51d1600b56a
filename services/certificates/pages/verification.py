"""`/verify`: whether a certificate is real and still counts, by its code or by its file."""

from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from services.certificates.base.codes import parse_code
from services.certificates.desk import AtDesk, Desk
from services.certificates.realisation.versions import by_number
from services.certificates.verification.verifying import Finding, Verdict
from shared.http.limits import FromNetwork
from shared.pages import Site
from shared.pages.visit import OnSite

router = APIRouter()

NOT_FOUND: tuple[Finding, ...] = ("unknown", "mistyped")


@router.get("/verify")
def ask(request: Request, site: OnSite, code: str = "") -> Response:
    """Where to enter a code or choose a file; what was entered is asked for by its own address."""
    if not code.strip():
        return site.page(request, "ask.html", typed="", complaint=None)
    parsed = parse_code(code)
    if parsed is None:
        return site.page(request, "ask.html", typed=code[:60], complaint="mistyped")
    return RedirectResponse(f"/verify/{parsed}", 303)


@router.get("/verify/{code}")
def by_code(
    request: Request, code: str, site: OnSite, desk: AtDesk, network: FromNetwork
) -> Response:
    verdict = desk.verify(code, network)
    if verdict.finding in NOT_FOUND:
        complaint = {"typed": code[:60], "complaint": verdict.finding}
        return site.page(request, "ask.html", status=404, **complaint)
    return _show(request, site, desk, verdict, from_file=False)


@router.post("/verify")
def by_file(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    network: FromNetwork,
    document: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """The file is compared in memory and forgotten."""
    content = document.file.read() if document else b""
    if not content:
        return site.page(request, "ask.html", typed="", complaint="no-file")
    verdict = desk.verify_content(content, network)
    return _show(request, site, desk, verdict, from_file=True)


def _show(
    request: Request, site: Site, desk: Desk, verdict: Verdict, *, from_file: bool
) -> Response:
    facts = None
    if verdict.record is not None and verdict.record.realisation is not None:
        with desk.database.read() as connection:
            facts = by_number(connection, verdict.record.realisation).facts
    return site.page(
        request,
        "verdict.html",
        verdict=verdict,
        record=verdict.record,
        attended=verdict.record.attended if verdict.record else None,
        facts=facts,
        from_file=from_file,
    )

"""`/sheets/verify`: whether a sealed sheet is real and still counts, by its code or by its file."""

from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import parse_code, seal_by_code
from services.sheets.sealing.verification import Finding, Verdict
from services.sheets.verification.desk import AtDesk
from services.sheets.verification.documents import document, path_of
from shared.base.bulkhead import Busy
from shared.http.limits import FromNetwork
from shared.http.passes import PARAMETER, opens
from shared.pages import Site
from shared.pages.visit import OnSite

router = APIRouter()

NOT_FOUND: tuple[Finding, ...] = ("unknown", "mistyped")


@router.get("/sheets/verify")
def ask(request: Request, site: OnSite, code: str = "") -> Response:
    """Where to enter a code or choose a file; what was entered is asked for by its own address."""
    if not code.strip():
        return site.page(request, "sealed/ask.html", typed="", complaint=None)
    parsed = parse_code(code)
    if parsed is None:
        return site.page(request, "sealed/ask.html", typed=code[:60], complaint="mistyped")
    return RedirectResponse(f"/sheets/verify/{parsed}", 303)


@router.get("/sheets/verify/{code}")
def by_code(
    request: Request, code: str, site: OnSite, desk: AtDesk, network: FromNetwork
) -> Response:
    verdict = desk.verify(code, network)
    if verdict.finding in NOT_FOUND:
        complaint = {"typed": code[:60], "complaint": verdict.finding}
        return site.page(request, "sealed/ask.html", status=404, **complaint)
    return _show(request, site, verdict)


@router.post("/sheets/verify")
def by_file(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    network: FromNetwork,
    document: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """The file is compared in memory and forgotten; unless it is one of ours, a child looks."""
    content = document.file.read() if document else b""
    if not content:
        return site.page(request, "sealed/ask.html", typed="", complaint="no-file")
    try:
        verdict = desk.verify_content(content, network)
    except Busy:
        response = site.error(request, 503)
        response.headers["Retry-After"] = "3"
        return response
    return _show(request, site, verdict)


@router.get("/sheets/sealed/{code}.pdf")
def fetch(request: Request, code: str, site: OnSite, desk: AtDesk) -> Response:
    """The document, by the link that a host has on their page."""
    given = request.query_params.get(PARAMETER, "")
    if not opens(path_of(code), given, desk.settings.keys):
        return site.error(request, 403)
    with desk.database.read() as connection:
        seal = seal_by_code(connection, code)
        try:
            sheet = sheet_by_id(connection, seal.sheet_id) if seal else None
        except Refused:
            sheet = None
    found = document(desk.storage, seal, sheet) if seal and sheet else None
    return found or site.error(request, 404)


def _show(request: Request, site: Site, verdict: Verdict) -> Response:
    zone = verdict.heading.timezone if verdict.heading else "UTC"
    return site.page(request, "sealed/verdict.html", verdict=verdict, zone=zone)

"""`/organiser/{conference}/sheets/sealed`: sheets sealed by a button, their documents, and the
funder's file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.datastructures import FormData

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seal_by_code, seals_of
from services.sheets.funder.bundles import GOING_ON, bundle_by_id, bundle_now, bundles_of, is_stuck
from services.sheets.lists.days import programme_of
from services.sheets.lists.expected import sheets_of
from services.sheets.sealing.asking import seal_now
from services.sheets.signing.parties import By
from services.sheets.verification.desk import AtDesk
from services.sheets.verification.documents import document
from shared.base.clock import now
from shared.pages.visit import Here, OnSite, form_of, typed
from shared.pages.visitors import visitor_of

router = APIRouter(prefix="/organiser/{slug}/sheets/sealed")

MOST_REASON = 500
Done = Literal["", "sealed", "asked", "nothing"]
Form = Annotated[FormData, Depends(form_of(fields=5, field_size=4096))]


def here_of(request: Request, desk: AtDesk) -> Here:
    who = visitor_of(request)
    with desk.database.read() as connection:
        programme = programme_of(connection, who.conference)
    return Here(who, "sheets", programme.conference if programme else None)


At = Annotated[Here, Depends(here_of)]


@router.get("")
def show_sealed(request: Request, site: OnSite, desk: AtDesk, at: At, done: Done = "") -> Response:
    with desk.database.read() as connection:
        rows = [row for row in sheets_of(connection, at.slug) if row.sheet.length]
        seals = {row.sheet.id: seals_of(connection, row.sheet.id)[::-1] for row in rows}
        bundles = bundles_of(connection, at.slug)
        stuck = {each.id for each in bundles if is_stuck(connection, each)}
    return site.page(
        request,
        "sealed/sheets.html",
        **at.words,
        rows=rows,
        seals=seals,
        bundles=bundles[:5],
        stuck=stuck,
        is_making=any(each.state in GOING_ON and each.id not in stuck for each in bundles),
        done=done,
        moment=now(),
    )


@router.post("/funder")
def ask_for_file(desk: AtDesk, at: At) -> Response:
    """Made in the background; asked twice, it is one, which goes on if it could not."""
    bundle_now(desk.database, at.slug, By("organiser", at.who.name))
    return RedirectResponse(f"{at.address}/sealed?done=asked", 303)


@router.get("/funder/{bundle_id}.zip")
def fetch_file(bundle_id: str, request: Request, site: OnSite, desk: AtDesk, at: At) -> Response:
    """Part by part, as it lies in the storage."""
    with desk.database.read() as connection:
        bundle = bundle_by_id(connection, bundle_id)
    if bundle is None or bundle.conference != at.slug or bundle.state != "made":
        return site.error(request, 404)
    return StreamingResponse(
        desk.bundler.pieces(bundle),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="emargement-{at.slug}.zip"',
            "Content-Length": str(bundle.size),
            "Cache-Control": "no-store",
        },
    )


@router.get("/{code}.pdf")
def fetch_document(code: str, request: Request, site: OnSite, desk: AtDesk, at: At) -> Response:
    with desk.database.read() as connection:
        seal = seal_by_code(connection, code)
        try:
            sheet = sheet_by_id(connection, seal.sheet_id) if seal else None
        except Refused:
            sheet = None
    if seal is None or sheet is None or sheet.conference != at.slug:
        return site.error(request, 404)
    return document(desk.storage, seal, sheet) or site.error(request, 404)


@router.post("/{sheet_id}")
def seal_sheet(
    sheet_id: str, request: Request, site: OnSite, desk: AtDesk, at: At, form: Form
) -> Response:
    """Sealed as it is now; a sheet that is sealed already, anew if it was changed since."""
    reason = " ".join(typed(form, "reason").split())[:MOST_REASON]
    try:
        with desk.database.read() as connection:
            sheet = sheet_by_id(connection, sheet_id)
        if sheet.conference != at.slug:
            return site.error(request, 404)
        seal_now(desk.database, sheet_id, by=By("organiser", at.who.name), reason=reason)
    except Refused as refused:
        if refused.code == "unknown":
            return site.error(request, 404)
        return RedirectResponse(f"{at.address}/sealed?done=nothing", 303)
    return RedirectResponse(f"{at.address}/sealed?done=sealed", 303)

"""`/organiser/{conference}/sheets/sealed`: sheets sealed by a button, their documents, and the
funder's file."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seal_by_code, seals_of
from services.sheets.funder.bundles import GOING_ON, bundle_by_id, bundle_now, bundles_of, is_stuck
from services.sheets.lists.expected import sheets_of
from services.sheets.pages.at_desk import find_sheet
from services.sheets.pages.organiser.here import At, Form, OfSheet, by_organiser
from services.sheets.pages.organiser.people import MOST_REASON
from services.sheets.sealing.asking import seal_now
from services.sheets.verification.desk import AtDesk
from services.sheets.verification.documents import document
from shared.base.clock import now
from shared.pages.visit import OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/sheets/sealed")

Done = Literal["", "sealed", "asked", "nothing"]


@router.get("")
def show_sealed(request: Request, site: OnSite, desk: AtDesk, at: At, done: Done = "") -> Response:
    with desk.database.read() as connection:
        rows = [row for row in sheets_of(connection, at.slug) if row.sheet.length]
        seals = {row.sheet.id: seals_of(connection, row.sheet.id)[::-1] for row in rows}
        bundles = bundles_of(connection, at.slug)
        stuck = {each.id for each in bundles if is_stuck(connection, each)}
    return site.page(
        request,
        "organiser/sealed.html",
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
    bundle_now(desk.database, at.slug, by_organiser(at))
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
        sheet = find_sheet(connection, seal.sheet_id, at.slug) if seal else None
    found = document(desk.storage, seal, sheet) if seal and sheet else None
    return found or site.error(request, 404)


@router.post("/{sheet_id}")
def seal_sheet(desk: AtDesk, at: At, sheet: OfSheet, form: Form) -> Response:
    """Sealed as it is now; a sheet that is sealed already, anew if it was changed since."""
    reason = " ".join(typed(form, "reason").split())[:MOST_REASON]
    try:
        seal_now(desk.database, sheet.id, by=by_organiser(at), reason=reason)
    except Refused:
        return RedirectResponse(f"{at.address}/sealed?done=nothing", 303)
    return RedirectResponse(f"{at.address}/sealed?done=sealed", 303)

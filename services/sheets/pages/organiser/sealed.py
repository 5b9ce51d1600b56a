"""`/organiser/{conference}/sheets/sealed`: sheets sealed by a button, their documents, and the
funder's file."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seals_of
from services.sheets.funder.bundles import GOING_ON, bundle_by_id, bundle_now, bundles_of, is_stuck
from services.sheets.lists.expected import sheets_of
from services.sheets.pages.at_desk import Visiting, find_sheet
from services.sheets.pages.organiser.here import At, by_organiser
from services.sheets.pages.sealed_document import document_of
from services.sheets.sealing.asking import seal_now
from shared.base.clock import now
from shared.http.documents import zip_archive
from shared.pages.visit import form_of, typed

router = APIRouter(prefix="/organiser/{slug}/sheets/sealed")

MOST_REASON = 500
Done = Literal["", "sealed", "asked", "nothing"]
Form = Annotated[FormData, Depends(form_of(fields=5, field_size=4096))]


@router.get("")
def show_sealed(visit: Visiting, at: At, done: Done = "") -> Response:
    with visit.desk.database.read() as connection:
        rows = [row for row in sheets_of(connection, at.slug) if row.sheet.length]
        seals = {row.sheet.id: seals_of(connection, row.sheet.id)[::-1] for row in rows}
        bundles = bundles_of(connection, at.slug)
        stuck = {each.id for each in bundles if is_stuck(connection, each)}
    return visit.page(
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
def ask_for_file(visit: Visiting, at: At) -> Response:
    """Made in the background; asked twice, it is one, which goes on if it could not."""
    bundle_now(visit.desk.database, at.slug, by_organiser(at))
    return RedirectResponse(f"{at.address}/sealed?done=asked", 303)


@router.get("/funder/{bundle_id}.zip")
def fetch_file(bundle_id: str, visit: Visiting, at: At) -> Response:
    """Part by part, as it lies in the storage."""
    with visit.desk.database.read() as connection:
        bundle = bundle_by_id(connection, bundle_id)
    if bundle is None or bundle.conference != at.slug or bundle.state != "made":
        return visit.error(HTTPStatus.NOT_FOUND)
    return zip_archive(visit.desk.bundler.pieces(bundle), f"emargement-{at.slug}.zip", bundle.size)


@router.get("/{code}.pdf")
def fetch_document(code: str, visit: Visiting, at: At) -> Response:
    return document_of(visit.desk, code, at.slug) or visit.error(HTTPStatus.NOT_FOUND)


@router.post("/{sheet_id}")
def seal_sheet(sheet_id: str, visit: Visiting, at: At, form: Form) -> Response:
    """Sealed as it is now; a sheet that is sealed already, anew if it was changed since."""
    reason = " ".join(typed(form, "reason").split())[:MOST_REASON]
    try:
        with visit.desk.database.read() as connection:
            find_sheet(connection, sheet_id, at.slug)
        seal_now(visit.desk.database, sheet_id, by=by_organiser(at), reason=reason)
    except Refused as refused:
        if refused.code == "unknown":
            return visit.error(HTTPStatus.NOT_FOUND)
        return RedirectResponse(f"{at.address}/sealed?done=nothing", 303)
    return RedirectResponse(f"{at.address}/sealed?done=sealed", 303)

"""Lists for organisers: spreadsheets, and the sheet that people sign."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from services.registration.api.access import AtDesk, ByOrganiser, organiser_only
from services.registration.people.table import EVERYONE
from services.registration.responses.downloads import (
    XLSX,
    download_rows,
    download_sheet,
    language_asked,
)

router = APIRouter(
    prefix="/api/conferences", tags=["exports"], dependencies=[Depends(organiser_only)]
)


def _answers(media_type: str) -> dict[str, Any]:
    """What a call documents: a file of this type, and not JSON."""
    return {"response_class": Response, "responses": {200: {"content": {media_type: {}}}}}


@router.get("/{slug}/registrations.csv", **_answers("text/csv"))
def export_csv(slug: str, request: Request, desk: AtDesk, actor: ByOrganiser) -> StreamingResponse:
    """Everybody registered, as comma-separated values in UTF-8, with names for programs.

    With `Accept-Language`, as people read it: headings and statuses in that language, and parted by
    semicolons in French.
    """
    conference, language = desk.programmes.fresh(slug), language_asked(request)
    return download_rows(desk, conference, EVERYONE, "csv", actor, language)


@router.get("/{slug}/registrations.xlsx", **_answers(XLSX))
def export_xlsx(slug: str, request: Request, desk: AtDesk, actor: ByOrganiser) -> StreamingResponse:
    """The same as a workbook."""
    conference, language = desk.programmes.fresh(slug), language_asked(request)
    return download_rows(desk, conference, EVERYONE, "xlsx", actor, language)


@router.get("/{slug}/sign-in-sheet.pdf", **_answers("application/pdf"))
def print_sign_in_sheet(
    slug: str, request: Request, desk: AtDesk, actor: ByOrganiser, session: str | None = None
) -> Response:
    """The sheet to sign at the door: by half-day, or of one session."""
    return download_sheet(slug, request, desk, actor, session)

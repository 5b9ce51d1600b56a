"""Lists for organisers: spreadsheets, and the sheet that people sign."""

from collections.abc import Iterator
from typing import IO, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from services.registration.api.access import AtDesk, organiser_only
from services.registration.api.problems import language_of
from services.registration.base.refusals import NotFound
from services.registration.day.sign_in_sheet import people_expected, sign_in_sheet
from services.registration.desk import Desk
from services.registration.people.exports import csv_chunks, xlsx_file
from services.registration.people.table import EVERYONE, Filter
from services.registration.programme.facts import Conference

router = APIRouter(
    prefix="/api/conferences", tags=["exports"], dependencies=[Depends(organiser_only)]
)

Format = Literal["csv", "xlsx"]
FORMATS: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024


def _answers(media_type: str) -> dict[str, Any]:
    """What a call documents: a file of this type, and not JSON."""
    return {"response_class": Response, "responses": {200: {"content": {media_type: {}}}}}


@router.get("/{slug}/registrations.csv", **_answers("text/csv"))
def export_csv(slug: str, desk: AtDesk) -> StreamingResponse:
    """Everybody registered, as comma-separated values in UTF-8."""
    return download_rows(desk, desk.programmes.fresh(slug), EVERYONE, "csv")


@router.get("/{slug}/registrations.xlsx", **_answers(XLSX))
def export_xlsx(slug: str, desk: AtDesk) -> StreamingResponse:
    """The same as a workbook."""
    return download_rows(desk, desk.programmes.fresh(slug), EVERYONE, "xlsx")


def download_rows(
    desk: Desk, conference: Conference, wanted: Filter, form: Format
) -> StreamingResponse:
    """The registrations that are meant, as a file to keep."""
    headers = _download(f"{conference.slug}.{form}")
    if form == "xlsx":
        file = xlsx_file(desk.database, conference, wanted)
        return StreamingResponse(_chunks(file), media_type=XLSX, headers=headers)
    rows = csv_chunks(desk.database, conference, wanted)
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{slug}/sign-in-sheet.pdf", **_answers("application/pdf"))
def print_sign_in_sheet(
    slug: str, request: Request, desk: AtDesk, session: str | None = None
) -> Response:
    """The sheet to sign at the door: by half-day, or of one session."""
    conference = desk.programmes.fresh(slug)
    if session is not None and session not in conference.by_slug:
        raise NotFound
    chosen = conference.by_slug[session] if session else None
    with desk.database.read() as connection:
        people = people_expected(connection, conference, chosen)
    language = request.app.state.languages[conference.language]
    if "accept-language" in request.headers:
        language = language_of(request)
    name = f"{slug}-{session}" if session else slug
    return Response(
        sign_in_sheet(conference, chosen, people, language),
        media_type="application/pdf",
        headers=_download(f"{name}-sign-in.pdf"),
    )


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}

"""Files to keep: the registrations as a spreadsheet, the sheet that people sign."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Literal

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from services.registration.base.refusals import NotFound
from services.registration.day.sign_in_sheet import people_expected, sign_in_sheet
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.lists.writing import Cell, Heading, csv_chunks, xlsx_file
from services.registration.people.attendance_export import ATTENDANCE, attendance_cells
from services.registration.people.exports import (
    HEADINGS,
    Export,
    count_rows,
    export_rows,
    note_export,
)
from services.registration.people.table import Filter
from services.registration.programme.facts import Conference
from services.registration.responses.problems import language_of
from shared.words.language import Language

Format = Literal["csv", "xlsx"]
FORMATS: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024


def download_rows(
    desk: Desk,
    conference: Conference,
    wanted: Filter,
    form: Format,
    actor: Actor,
    language: Language | None,
) -> StreamingResponse:
    """The registrations that are meant, as a file to keep, for a reader of this language or for a
    program; that somebody took it is written down."""
    count = count_rows(desk.database, conference, wanted)
    note_export(desk.database, conference, Export("registrations", form, count), actor)
    rows = export_rows(desk.database, conference, wanted, language)
    return _list(conference.slug, form, HEADINGS, rows, language)


def download_attendance(
    desk: Desk, conference: Conference, form: Format, actor: Actor, language: Language | None
) -> StreamingResponse:
    """A row a person and session, as a file to keep."""
    rows = list(attendance_cells(desk.database, conference, language))
    note_export(desk.database, conference, Export("attendance", form, len(rows)), actor)
    return _list(f"{conference.slug}-attendance", form, ATTENDANCE, rows, language)


def language_asked(request: Request) -> Language | None:
    """That of `Accept-Language`; none for programs that name no language of ours (`*` names none),
    and get names for programs."""
    asked = request.headers.get("accept-language", "").lower()
    tags = {part.partition(";")[0].strip().partition("-")[0] for part in asked.split(",")}
    return language_of(request) if tags & request.app.state.languages.known.keys() else None


def download_sheet(
    slug: str, request: Request, desk: Desk, actor: Actor, session: str | None = None
) -> Response:
    """The sheet to sign at the door: by half-day, or of one session."""
    conference = desk.programmes.fresh(slug)
    if session is not None and session not in conference.by_slug:
        raise NotFound
    chosen = conference.by_slug[session] if session else None
    with desk.database.read() as connection:
        people = people_expected(connection, conference, chosen)
    note_export(desk.database, conference, Export("sign-in-sheet", "pdf", len(people)), actor)
    language = language_asked(request) or request.app.state.languages[conference.language]
    name = f"{slug}-{session}" if session else slug
    return Response(
        sign_in_sheet(conference, chosen, people, language),
        media_type="application/pdf",
        headers=_download(f"{name}-sign-in.pdf"),
    )


def _list(
    name: str,
    form: Format,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Cell]],
    language: Language | None,
) -> StreamingResponse:
    headers = _download(f"{name}.{form}")
    if form == "xlsx":
        file = xlsx_file(name, headings, rows, language)
        return StreamingResponse(_chunks(file), media_type=XLSX, headers=headers)
    chunks = csv_chunks(headings, rows, language)
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}

"""Who attended what: read as a register, written by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.registration.api.access import AtDesk, ByViewer, OrganiserOf, viewer_only
from services.registration.api.bodies import Presence, attended
from services.registration.day.register import entry_of, read_register
from services.registration.day.writing import (
    LONGEST_REASON,
    Wish,
    withdraw_presence,
    write_presence,
)
from services.registration.responses.downloads import XLSX, download_attendance, language_asked

router = APIRouter(prefix="/api", tags=["attendance"])
_OF_DAY = "/conferences/{slug}/attendance"
_OF_PERSON = "/registrations/{registration_id}/attendance/{session}"


@router.get(_OF_DAY, dependencies=[Depends(viewer_only)])
def show_attendance(slug: str, desk: AtDesk) -> JSONResponse:
    """A row a person and session, by name: from when to when, and how that is known."""
    conference = desk.programmes.fresh(slug)
    with desk.database.read() as connection:
        register = read_register(connection, conference)
    items = [attended(record, each) for record, sessions in register for each in sessions]
    return JSONResponse({"items": items})


@router.get(
    f"{_OF_DAY}.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def export_attendance_csv(
    slug: str, request: Request, desk: AtDesk, actor: ByViewer
) -> StreamingResponse:
    """The same as comma-separated values in UTF-8, in the time of the place; with
    `Accept-Language`, as people read it."""
    conference, language = desk.programmes.fresh(slug), language_asked(request)
    return download_attendance(desk, conference, "csv", actor, language)


@router.get(
    f"{_OF_DAY}.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}}},
)
def export_attendance_xlsx(
    slug: str, request: Request, desk: AtDesk, actor: ByViewer
) -> StreamingResponse:
    """The same as a workbook."""
    conference, language = desk.programmes.fresh(slug), language_asked(request)
    return download_attendance(desk, conference, "xlsx", actor, language)


@router.put(_OF_PERSON)
def write_attendance(
    registration_id: str, session: str, body: Presence, desk: AtDesk, actor: OrganiserOf
) -> dict[str, Any]:
    """Write that somebody was at a session, with a seat or without, before the close or after it.

    It stands in place of what scans say of them there, and is clipped to the session. Once the day
    is closed the certificate follows.
    """
    wish = Wish(session, (body.from_, body.to), body.reason, actor)
    write_presence(desk, registration_id, wish)
    with desk.database.read() as connection:
        record, sessions = entry_of(connection, registration_id)
    return next(attended(record, each) for each in sessions if each.session.slug == session)


@router.delete(_OF_PERSON, status_code=204)
def withdraw_attendance(
    registration_id: str,
    session: str,
    desk: AtDesk,
    actor: OrganiserOf,
    reason: Annotated[str, Query(max_length=LONGEST_REASON)] = "",
) -> Response:
    """Take back what was written by hand: what the doors have scanned counts again."""
    withdraw_presence(desk, registration_id, session, actor, reason)
    return Response(status_code=204)

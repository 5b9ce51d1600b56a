"""Messages to a chosen group: written, tried, sent, and followed."""

import re
from collections import Counter
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from services.notifications.base import known_programmes
from services.notifications.base.known_days import sessions_known
from services.notifications.delivery import table as delivery_table
from services.notifications.occasions import announcements, audiences
from services.notifications.occasions.announcements import Draft
from services.notifications.pages.here import At, Form
from services.notifications.pages.writing import Text, editor, examples, send_trial, typed_text
from services.notifications.writing.samples import find_place
from shared.http.numbers import RowNumber
from shared.pages.visit import Here, InDatabase, OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/emails/messages")

_PERSON = re.compile(r"[0-9a-f-]{36}", re.ASCII)  # a registration's id
_AUDIENCE = re.compile(rf"{'|'.join(audiences.OF_THE_DAY)}|session:[\w.-]{{1,100}}", re.ASCII)


@router.get("")
def show_messages(request: Request, site: OnSite, database: InDatabase, at: At) -> Response:
    with database.read() as connection:
        found = announcements.listed(connection, at.slug)
        groups = _groups(connection, at)
    return site.page(request, "messages.html", **at.words, messages=found, **groups)


@router.get("/new")
def begin(request: Request, site: OnSite, database: InDatabase, at: At) -> Response:
    return _editor(request, site, database, at, None, Draft())


@router.post("/new")
def save_new(request: Request, site: OnSite, database: InDatabase, at: At, form: Form) -> Response:
    return _save(request, site, database, at, form, None)


@router.post("/for")
def begin_for(database: InDatabase, at: At, form: Form) -> Response:
    """To people who were chosen one by one, in the table of registrations."""
    chosen = [each for each in typed(form, "people").split() if _PERSON.fullmatch(each)]
    if not 0 < len(chosen) <= audiences.MOST_CHOSEN:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
    draft = Draft(audience=audiences.CHOSEN + " ".join(chosen))
    number = announcements.save(database, at.slug, None, draft, at.who.name)
    return RedirectResponse(_address(at, number), 303)


@router.get("/{number}")
def show_message(
    number: RowNumber, request: Request, site: OnSite, database: InDatabase, at: At, tried: str = ""
) -> Response:
    with database.read() as connection:
        found = announcements.read(connection, number, at.slug)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        counts = delivery_table.counts(connection, at.slug, number).get("announcement", Counter())
        groups = _groups(connection, at)
    if found.sent_at is None:
        draft = Draft(found.subject, found.body, found.audience)
        return _editor(request, site, database, at, number, draft, tried=tried)
    return site.page(request, "message.html", **at.words, message=found, counts=counts, **groups)


@router.post("/{number}")
def save_message(
    number: RowNumber, request: Request, site: OnSite, database: InDatabase, at: At, form: Form
) -> Response:
    return _save(request, site, database, at, form, number)


@router.get("/{number}/send")
def ask_to_send(
    number: RowNumber, request: Request, site: OnSite, database: InDatabase, at: At
) -> Response:
    """What will happen, before it does."""
    with database.read() as connection:
        found = announcements.read(connection, number, at.slug)
        if found is None or found.sent_at is not None:
            return RedirectResponse(_address(at, number if found else None), 303)
        size = announcements.size(connection, at.slug, found.audience)
        groups = _groups(connection, at)
    return site.page(request, "message-send.html", **at.words, message=found, size=size, **groups)


@router.post("/{number}/send")
def send(number: RowNumber, database: InDatabase, at: At) -> Response:
    """Begun once; the jobs go on whatever becomes of this page."""
    announcements.send(database, at.slug, number)
    return RedirectResponse(_address(at, number), 303)


@router.post("/{number}/discard")
def discard(number: RowNumber, database: InDatabase, at: At) -> Response:
    announcements.discard(database, at.slug, number)
    return RedirectResponse(_address(at), 303)


def _save(
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: Here,
    form: Form,
    number: RowNumber | None,
) -> Response:
    """Keep what was typed, then do what was pressed; with faults, show them and keep it too."""
    text = typed_text(form, "announcement", "")
    action = typed(form, "action")
    with database.read() as connection:
        audience = _audience(connection, at, typed(form, "audience"), number)
    draft = Draft(text.subject, text.body, audience)
    number = announcements.save(database, at.slug, number, draft, at.who.name)
    if number is None:
        raise HTTPException(HTTPStatus.CONFLICT)
    if action != "save" and text.faults():
        return _editor(request, site, database, at, number, draft, status=422)
    if action == "try":
        done = send_trial(database, at, text, typed(form, "person"))
        return RedirectResponse(f"{_address(at, number)}?tried={'yes' if done else 'no'}", 303)
    if action == "send":
        return RedirectResponse(f"{_address(at, number)}/send", 303)
    return RedirectResponse(f"{_address(at, number)}?tried=saved", 303)


def _audience(connection: Connection, at: Here, given: str, number: RowNumber | None) -> str:
    """The group that was picked; "people" are those whom the draft was begun for."""
    if given == "people" and number is not None:
        found = announcements.read(connection, number, at.slug)
        return found.audience if found else audiences.CONFIRMED
    return given if _AUDIENCE.fullmatch(given) else audiences.CONFIRMED


def _groups(connection: Connection, at: Here) -> dict[str, Any]:
    """What the groups are called."""
    day = known_programmes.read(connection, at.slug)
    cancelled = day.cancelled is not None
    return {"sessions": sessions_known(connection, at.slug), "day_cancelled": cancelled}


def _editor(
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: Here,
    number: RowNumber | None,
    draft: Draft,
    *,
    status: int = 200,
    tried: str = "",
) -> Response:
    with database.read() as connection:
        groups = _groups(connection, at)
        offered = [
            *([draft.audience] if draft.audience.startswith(audiences.CHOSEN) else []),
            *audiences.OF_THE_DAY,
            *(f"session:{slug}" for slug in groups["sessions"]),
        ]
        sizes = {each: announcements.size(connection, at.slug, each) for each in offered}
        place = find_place(connection, at.slug)
    text = Text("announcement", place.person.locale if place else "fr", draft.subject, draft.body)
    return editor(
        request,
        site,
        "message-write.html",
        text,
        status=status,
        **at.words,
        number=number,
        audience=draft.audience,
        sizes=sizes,
        **groups,
        faults=text.faults() if status != HTTPStatus.OK else [],
        examples=examples(place, text, request.app.state.writer),
        tried=tried,
    )


def _address(at: Here, number: RowNumber | None = None) -> str:
    messages = f"{at.address}/messages"
    return messages if number is None else f"{messages}/{number}"

"""The texts of the emails, by kind and language: the shipped ones, or the organiser's own."""

from http import HTTPStatus
from typing import Literal, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.notifications.pages.here import At, Form
from services.notifications.pages.writing import (
    LANGUAGES,
    Text,
    editor,
    examples,
    send_trial,
    typed_text,
    written,
)
from services.notifications.writing import own_words
from services.notifications.writing.letters import LetterWriter
from services.notifications.writing.samples import find_place
from services.notifications.writing.wording import Fault
from shared.pages.visit import InDatabase, OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/emails/wordings")

OneKind = Literal[
    "confirmed",
    "waitlisted",
    "promoted",
    "changed",
    "cancelled",
    "notice",
    "day-cancelled",
    "link",
    "reminder",
    "certificate",
]
OF_EVENTS: tuple[OneKind, ...] = get_args(OneKind)
OneLanguage = Literal["fr", "en"]


@router.get("")
def show_wordings(request: Request, site: OnSite, database: InDatabase, at: At) -> Response:
    with database.read() as connection:
        newest = {(row.kind, row.language): row for row in own_words.newest(connection, at.slug)}
    return site.page(
        request,
        "wordings.html",
        **at.words,
        kinds=OF_EVENTS,
        codes=LANGUAGES,
        newest=newest,
    )


@router.get("/{kind}/{code}")
def edit_wording(
    kind: OneKind,
    code: OneLanguage,
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: At,
    version: int | None = None,
    saved: str = "",
) -> Response:
    """The text in force; with `version`, an earlier one to begin from, 0 for the shipped one."""
    with database.read() as connection:
        versions = own_words.versions(connection, at.slug, kind, code)
    wanted = next((row for row in versions if row.id == version), None)
    if version is None and versions:
        wanted = versions[0]
    words = (wanted.subject, wanted.body) if wanted and wanted.body else None
    writer: LetterWriter = request.app.state.writer
    text = Text(kind, code, *(words or writer.starting_words(kind, code)))
    return _editor(request, site, database, at, text, saved=saved, versions=versions)


@router.post("/{kind}/{code}")
def save_wording(
    kind: OneKind,
    code: OneLanguage,
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: At,
    form: Form,
) -> Response:
    """Only what can be written is saved: it is tried on a registration first."""
    here = f"{at.address}/wordings/{kind}/{code}"
    action, text = typed(form, "action"), typed_text(form, kind, code)
    if action == "shipped":
        own_words.save(database, at.slug, kind, code, ("", ""), at.who.name)
        return RedirectResponse(f"{here}?saved=shipped", 303)
    faults = text.faults()
    with database.read() as connection:
        place = find_place(connection, at.slug)
    if not faults and place is not None:
        made = written(request.app.state.writer, text, place)
        faults = [made] if isinstance(made, Fault) else []
    if faults:
        return _editor(request, site, database, at, text, faults=faults)
    if action == "try":
        done = send_trial(database, at, text, typed(form, "person"))
        return _editor(request, site, database, at, text, saved="tried" if done else "nobody")
    own_words.save(database, at.slug, kind, code, (text.subject, text.body), at.who.name)
    return RedirectResponse(f"{here}?saved=yes", 303)


def _editor(
    request: Request,
    site: OnSite,
    database: InDatabase,
    at: At,
    text: Text,
    *,
    faults: list[Fault] | None = None,
    saved: str = "",
    versions: object = None,
) -> Response:
    with database.read() as connection:
        place = find_place(connection, at.slug)
        if versions is None:
            versions = own_words.versions(connection, at.slug, text.kind, text.language)
    return editor(
        request,
        site,
        "wording.html",
        text,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        **at.words,
        faults=faults or [],
        saved=saved,
        versions=versions,
        examples=examples(place, text, request.app.state.writer),
    )

"""What the pages work with, and where they are shown."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.base.settings import SheetsSettings
from services.sheets.funder.bundling import Bundler
from services.sheets.lists.days import programme_of
from services.sheets.pages.opening import Openings
from services.sheets.pictures.strokes import MOST_BYTES, Strokes
from services.sheets.room.codes import RoomCodes
from services.sheets.room.tickets import Tickets
from services.sheets.sealing.verification import (
    Verdict,
    verify_brought,
    verify_code,
    verify_file,
)
from services.sheets.signing.signing import Signing
from shared.base.database import Database
from shared.events.registration import Conference
from shared.http.limits import FILES, Limit, Limits, SharedLimits
from shared.pages.site import Site
from shared.pages.visit import OnSite, Speaking, form_of, typed
from shared.storage import Storage, open_storage
from shared.words.language import Language

MOST_KEY = 60
# What is right is looked at first and never counts: nobody is locked out by who guesses behind the
# same address. That a guess hits is kept away by the length of codes alone.
GUESSES = Limit("guessed codes of sheets", most=20, every=6)


@dataclass(frozen=True)
class Desk:
    settings: SheetsSettings
    signing: Signing
    codes: RoomCodes
    tickets: Tickets
    openings: Openings
    storage: Storage
    limits: Limits = field(default_factory=Limits)

    @property
    def database(self) -> Database:
        return self.signing.database

    @property
    def secure(self) -> bool:
        return self.settings.public_url.startswith("https://")

    @property
    def bundler(self) -> Bundler:
        return Bundler(self.database, self.storage, self.signing.keyring)

    def verify(self, typed: str, network: str) -> Verdict:
        """What became of a code; raises TooManyTries. A code that cannot be one costs no try."""
        with self.database.read() as connection:
            verdict = verify_code(connection, typed)
        if verdict.finding == "unknown":
            self.limits.claim(GUESSES, network)
        return verdict

    def verify_content(self, content: bytes, network: str) -> Verdict:
        """What became of a file; raises TooManyTries, Busy. A PDF as it was sealed costs no try."""
        with self.database.read() as connection:
            verdict = verify_file(connection, content)
        if verdict is None:
            self.limits.claim(FILES, network)
            verdict = verify_brought(self.database, content)
        return verdict


def open_desk(settings: SheetsSettings, signing: Signing) -> Desk:
    keys = settings.keys
    return Desk(
        settings,
        signing,
        RoomCodes(keys),
        Tickets(keys),
        Openings(keys, secure=settings.public_url.startswith("https://")),
        open_storage(settings.storage_url),
        SharedLimits(settings.redis_url),
    )


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]


@dataclass(frozen=True)
class Visit:
    """Somebody on a page: what it is asked with, in which language it answers."""

    request: Request
    site: Site
    language: Language
    desk: Desk

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        return self.site.page(self.request, template, status=status, **context)

    def error(self, status: int, detail: str = "") -> Response:
        return self.site.error(self.request, status, detail)


def visit_of(request: Request, site: OnSite, language: Speaking, desk: AtDesk) -> Visit:
    return Visit(request, site, language, desk)


Visiting = Annotated[Visit, Depends(visit_of)]
# A signature of five thousand points is a field of its own.
Form = Annotated[FormData, Depends(form_of(fields=8, field_size=MOST_BYTES * 2))]


def find_sheet(connection: Connection, sheet_id: str, conference: str | None = None) -> SheetRecord:
    """That sheet, of this conference where one is said; else there is no such page."""
    try:
        sheet = sheet_by_id(connection, sheet_id)
    except Refused:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    if conference not in (None, sheet.conference):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return sheet


def conference_of(connection: Connection, slug: str) -> Conference:
    programme = programme_of(connection, slug)
    if programme is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return programme.conference


def drawn(form: FormData) -> Strokes | None:
    """The signature that was sent; none where it was confirmed. Raises Refused."""
    if typed(form, "confirm"):
        return None
    strokes = typed(form, "strokes")
    if not strokes:
        raise Refused("empty", "strokes")
    return Strokes.parse(strokes.encode())


def key_of(form: FormData, prefix: str) -> str:
    """By which the same form sent twice is known: it was made up as the page was."""
    return f"{prefix}:{typed(form, 'key')[:MOST_KEY]}"

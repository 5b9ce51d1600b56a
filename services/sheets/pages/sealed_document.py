"""The document of a seal, for whoever holds it: the organiser, and the host by a link of theirs."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import seal_by_code
from services.sheets.pages.at_desk import Desk, Visiting
from shared.base.keys import Keys
from shared.http.documents import document
from shared.http.passes import PARAMETER, opens, with_pass_until
from shared.storage import NotStored
from shared.words.filenames import file_name

router = APIRouter(prefix="/sheets/sealed")


def path_of(code: str) -> str:
    """Where whoever has a pass for it fetches a document."""
    return f"/sheets/sealed/{code}.pdf"


def link_of(code: str, keys: Keys, until: int) -> str:
    """The path with its pass, for a host; `until` in seconds since 1970."""
    return with_pass_until(path_of(code), keys, until)


@router.get("/{code}.pdf")
def fetch(request: Request, code: str, visit: Visiting) -> Response:
    """The document, by the link that a host has on their page."""
    given = request.query_params.get(PARAMETER, "")
    if not opens(path_of(code), given, visit.desk.settings.keys):
        return visit.error(HTTPStatus.FORBIDDEN)
    return document_of(visit.desk, code) or visit.error(HTTPStatus.NOT_FOUND)


def document_of(desk: Desk, code: str, conference: str | None = None) -> Response | None:
    """That of a seal, of this conference where one is said; None when it is not made yet, or is not
    kept any more."""
    with desk.database.read() as connection:
        seal = seal_by_code(connection, code)
        if seal is None or not seal.made:
            return None
        try:
            sheet = sheet_by_id(connection, seal.sheet_id)
        except Refused:
            return None
    if conference not in (None, sheet.conference):
        return None
    try:
        content = desk.storage.get(seal.file)
    except NotStored:
        return None
    return document(content, file_name(sheet.title, code, extension="pdf"), digest=seal.digest)

"""A holder's own PDF, by the link they were sent: the printed code alone does not open it."""

from secrets import compare_digest
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.certificates.badges.baking import baked_png, baked_svg
from services.certificates.base import badges, records
from services.certificates.base.badges import Badge
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record
from services.certificates.desk import AtDesk, Desk
from services.certificates.holding import linkedin
from services.certificates.issuing import badge_asking
from shared.http.documents import document
from shared.http.limits import FromNetwork
from shared.pages import Site
from shared.pages.visit import OnSite
from shared.words.codes import PRINTED, parse_code

router = APIRouter()

Form = Literal["jwt", "json", "png", "svg"]
MEDIA_TYPES: dict[Form, str] = {
    "jwt": "application/vc+jwt",
    "json": "application/vc",
    "png": "image/png",
    "svg": "image/svg+xml",
}


@router.get("/certificates/{code}.pdf")
def download(
    request: Request, code: str, site: OnSite, desk: AtDesk, network: FromNetwork, key: str = ""
) -> Response:
    """The document. One that was replaced is gone: its holder has the link of the newer one."""
    record = opened(desk, code, key, network)
    if record is None:
        return refusal(request, site, desk, code, key)
    if record.state == "revoked" and not record.superseded_by:
        return RedirectResponse(f"/verify/{record.code}", 303)
    if record.superseded_by:
        gettext = site.language(request).gettext
        return site.error(
            request,
            410,
            gettext(
                "This certificate was replaced by a corrected one. The link to it was sent by "
                "email; this document no longer counts."
            ),
        )
    return file_of(desk, record)


@router.get("/certificates/{code}.{form}")
def download_badge(
    request: Request,
    code: str,
    form: Form,
    site: OnSite,
    desk: AtDesk,
    network: FromNetwork,
    key: str = "",
) -> Response:
    """The same as an Open Badges 3.0 credential, for wallets: signed, or in a picture that carries
    it. It was made with the document: this process has no key."""
    record = opened(desk, code, key, network)
    if record is None:
        return refusal(request, site, desk, code, key)
    if record.state != "valid" or not record.has_badge:
        return site.error(request, 404)
    with desk.database.read() as connection:
        badge = badges.read(connection, record.sha256)
    if badge is None:
        return _being_made(request, site, desk, record)
    content, name = _written(badge, record, form), f"{record.code}.{form}"
    return document(content, name, MEDIA_TYPES[form], kind="attachment")


@router.get("/certificates/{code}")
def show_mine(
    request: Request, code: str, site: OnSite, desk: AtDesk, network: FromNetwork, key: str = ""
) -> Response:
    """All that the holder of this one has: the day, and the workshops where there are such."""
    record = opened(desk, code, key, network)
    if record is None:
        return refusal(request, site, desk, code, key)
    with desk.database.read() as connection:
        theirs = records.of_registration(connection, record.registration_id)
    counting = [each for each in theirs if each.state == "valid"]
    if not counting:
        return RedirectResponse(f"/verify/{record.code}", 303)
    return site.page(
        request,
        "mine.html",
        certificates=sorted(counting, key=lambda each: (each.variant != "day", each.session)),
        links=desk.links,
        linkedin=linkedin,
        has_address=bool(record.attended.person.email),
    )


def _written(badge: Badge, record: Record, form: Form) -> str | bytes:
    if form == "jwt":
        return badge.token
    if form == "json":
        return badge.json
    from services.certificates.badges import picture  # it draws, which few processes ever do

    conference, locale = record.attended.conference, record.attended.person.locale
    if form == "svg":
        return baked_svg(picture.svg(conference, locale), badge.json)
    return baked_png(picture.png(conference, locale), badge.json)


def _being_made(request: Request, site: Site, desk: Desk, record: Record) -> Response:
    """That of a document that was made before badges of this kind were."""
    badge_asking.ask(desk.database, record)
    gettext = site.language(request).gettext
    detail = gettext("This badge is being made: open the link again in a moment.")
    response = site.error(request, 503, detail)
    response.headers["Retry-After"] = "3"
    return response


def opened(desk: Desk, code: str, key: str, network: str) -> Record | None:
    """The certificate, if the key is its own and there is something to give; else it was a guess,
    or a link that was ended. Raises TooManyTries."""
    record = _opened(desk, code, key)
    if record is None and not _is_ended(desk, code, key):
        desk.count_guess(network)
    return record


def refusal(request: Request, site: Site, desk: Desk, code: str, key: str) -> Response:
    """What a link that opens nothing is answered."""
    if not _is_ended(desk, code, key):
        return site.error(request, 404)
    gettext = site.language(request).gettext
    detail = gettext(
        "The address that this link was sent to was corrected: it opens nothing any more. Another "
        "one was sent to the address that is right."
    )
    return site.error(request, 410, detail)


def _is_ended(desk: Desk, code: str, key: str) -> bool:
    """Whether a certificate's link had this key, before it was ended."""
    parsed = parse_code(code, *PRINTED)
    if parsed is None:
        return False
    with desk.database.read() as connection:
        record = records.by_code(connection, parsed)
        if record is None or not record.link_key or not record.link_generation:
            return False
        mint = Mint.of(connection)
    before = (mint.link_key(record.id, number) for number in range(record.link_generation))
    return any(compare_digest(each.encode(), key.encode()) for each in before)


def _opened(desk: Desk, code: str, key: str) -> Record | None:
    parsed = parse_code(code, *PRINTED)
    if parsed is None:
        return None
    with desk.database.read() as connection:
        record = records.by_code(connection, parsed)
    if record is None or record.sha256 is None:
        return None
    # Of evidence that outlives its holder's data there is no key: an empty one opens nothing.
    opens = bool(record.link_key) and compare_digest(record.link_key.encode(), key.encode())
    return record if opens else None


def file_of(desk: Desk, record: Record) -> Response:
    """The PDF, to be shown by a browser; whether it may be seen was asked before."""
    sha256 = record.sha256 or ""
    content = desk.storage.get(record.storage_key(sha256))
    return document(content, record.file_name, digest=sha256)

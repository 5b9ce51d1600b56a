"""What other verifiers ask of the issuer of badges: its keys, and which badges count no more.

Anyone may ask, from any page. Answers name nobody, and say how long they may be kept.
"""

import hashlib
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Request, Response
from fastapi.responses import JSONResponse

from services.certificates.badges.issuer import did_document, did_of, key_set
from services.certificates.badges.listing import listed_keys, origins
from services.certificates.badges.statuses import FRESH, signed_list
from services.certificates.base import records
from services.certificates.desk import AtDesk, Desk
from shared.http.problems import Problem

router = APIRouter(tags=["badges"])

KEYS_KEPT = 300  # seconds: a key that is withdrawn is out of use after that
PICTURE_KEPT = 86_400
FROM_ANYWHERE = {"Access-Control-Allow-Origin": "*"}
Slug = Annotated[str, Path(max_length=200)]


def answering(*kinds: str) -> dict[str, Any]:
    """How a route that answers with one of these media types is documented."""
    found: dict[str, Any] = {"content": {kind: {} for kind in kinds}}
    return {"response_class": Response, "responses": {200: found, 304: {"description": "Kept"}}}


@router.get("/.well-known/did.json", **answering("application/did+json"))
def show_issuer(request: Request, desk: AtDesk) -> Response:
    """The DID document of `did:web:` this address, with every key that ever signed a badge."""
    return _issuer(request, desk, did_document, "application/did+json")


@router.get("/.well-known/jwks.json", **answering("application/jwk-set+json"))
def show_keys(request: Request, desk: AtDesk) -> Response:
    """The same keys as a JWK set."""
    return _issuer(request, desk, key_set, "application/jwk-set+json")


@router.get(
    "/api/certificates/status/{number}.{form}",
    **answering("application/vc", "application/vc+jwt"),
)
def show_status_list(
    request: Request,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
    form: Literal["json", "jwt"],
    desk: AtDesk,
) -> Response:
    """A Bitstring Status List credential: which badges count no more."""
    with desk.database.read() as connection:
        origin = _asked_at(request, desk, origins(connection))
        signed = signed_list(connection, origin, number, form)
    if signed is None:
        raise Problem(404, "no-such-status-list", "No badge names this list")
    media_type = "application/vc" if form == "json" else "application/vc+jwt"
    return _kept(request, signed.encode(), media_type, FRESH)


@router.get("/api/certificates/pictures/{conference}.{locale}.png", **answering("image/png"))
def show_picture(
    request: Request, conference: Slug, locale: Literal["fr", "en"], desk: AtDesk
) -> Response:
    """What the badge of a conference looks like, without anybody's credential."""
    with desk.database.read() as connection:
        record = records.any_of(connection, conference)
    if record is None:
        raise Problem(404, "no-such-picture", "No badge was given for this conference")
    from services.certificates.badges import picture  # it draws, which few processes ever do

    drawn = picture.png(record.attended.conference, locale)
    return _kept(request, drawn, "image/png", PICTURE_KEPT)


def add_issuer(app: FastAPI) -> None:
    app.include_router(router)


def _issuer(request: Request, desk: Desk, written: Any, media_type: str) -> Response:
    with desk.database.read() as connection:
        origin = _asked_at(request, desk, origins(connection))
        keys = listed_keys(connection)
    if not keys:
        raise Problem(404, "no-badges", "No badge was signed here yet")
    response = JSONResponse(written(did_of(origin), keys))
    return _kept(request, bytes(response.body), media_type, KEYS_KEPT)


def _asked_at(request: Request, desk: Desk, known: list[str]) -> str:
    """The address of before under which it is asked, where badges were signed under it; else the
    present one."""
    host = request.headers.get("host", "").lower()
    asked = next((each for each in known if re.sub(r"^https?://", "", each).lower() == host), None)
    return asked or desk.settings.public_url


def _kept(request: Request, content: bytes, media_type: str, seconds: int) -> Response:
    """With its tag, so that who has it already is sent nothing."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**FROM_ANYWHERE, "ETag": tag, "Cache-Control": f"public, max-age={seconds}"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)

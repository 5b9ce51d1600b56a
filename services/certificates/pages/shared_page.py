"""`/certificates/shared/…`: a certificate whose holder shows it, and the picture for networks."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.certificates.desk import AtDesk
from services.certificates.holding import sharing
from services.certificates.holding.picture_child import SIZE
from shared.base.confined import Stopped
from shared.pages.visit import OnSite
from shared.storage import NotStored

router = APIRouter(prefix="/certificates/shared")

# Nothing on the way keeps either: switched off they are gone.
PICTURE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.get("/{token}.png")
def show_picture(token: str, request: Request, site: OnSite, desk: AtDesk) -> Response:
    """The first page of the document, drawn anew."""
    try:
        picture = sharing.picture_of(desk.database, desk.storage, token)
    except (NotStored, Stopped):  # erased since it was read, or a document that cannot be drawn
        picture = None
    if picture is None:
        return site.error(request, 404)
    return Response(picture, media_type="image/png", headers=PICTURE_HEADERS)


@router.get("/{token}")
def show(token: str, request: Request, site: OnSite, desk: AtDesk) -> Response:
    """What the document says and nothing else; gone once it is switched off, or counts no more."""
    with desk.database.read() as connection:
        record = sharing.shown_by(connection, token)
    if record is None:
        gettext = site.language(request).gettext
        detail = gettext("Whoever shared it here has stopped, or it no longer counts.")
        return site.error(request, 404, detail)
    return site.page(
        request,
        "shared.html",
        record=record,
        attended=record.attended,
        address=desk.links.shared(token),
        picture=desk.links.shared_picture(token),
        picture_path=f"/certificates/shared/{quote(token)}.png",
        picture_size=SIZE,
    )

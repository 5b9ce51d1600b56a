"""`/certificates/employer/…`: what an employer's people agreed to give it, listed and as a ZIP."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.certificates.base import records
from services.certificates.desk import AtDesk, Desk
from services.certificates.holding import employers
from services.certificates.holding.employers import PLACE, EmployerLink
from services.certificates.organising.archive import zipped
from shared.http.documents import zip_archive
from shared.http.limits import FromNetwork
from shared.pages import Site
from shared.pages.visit import OnSite

router = APIRouter(prefix=PLACE)

GONE = 410


@router.get("/{token}")
def show(
    token: str, request: Request, site: OnSite, desk: AtDesk, network: FromNetwork
) -> Response:
    link = _opened(desk, token, network)
    if link is None or link.state != "open":
        return _refused(request, site, link)
    with desk.database.read() as connection:
        found = employers.set_of(connection, link)
        known = records.any_of(connection, link.conference)
    return site.page(
        request,
        "employer.html",
        link=link,
        conference=known.attended.conference if known else None,
        certificates=found,
        here=f"{PLACE}/{quote(token)}",
    )


@router.get("/{token}/all.zip")
def download(
    token: str, request: Request, site: OnSite, desk: AtDesk, network: FromNetwork
) -> Response:
    """Those of whoever agrees at this moment, written while it is sent."""
    link = _opened(desk, token, network)
    if link is None or link.state != "open":
        return _refused(request, site, link)
    taken = employers.hand_over(desk.database, link)
    if not taken:
        gettext = site.language(request).gettext
        return site.error(request, 404, gettext("Nobody has agreed to this yet."))
    return zip_archive(zipped(taken, desk.storage), f"certificates-{link.conference}.zip")


def _opened(desk: Desk, token: str, network: str) -> EmployerLink | None:
    with desk.database.read() as connection:
        link = employers.by_token(connection, token)
    if link is None:
        desk.count_guess(network)
    return link


def _refused(request: Request, site: Site, link: EmployerLink | None) -> Response:
    if link is None:
        return site.error(request, 404)
    gettext = site.language(request).gettext
    if link.state == "revoked":
        detail = gettext("The organiser has withdrawn this link. Ask them for another one.")
    else:
        detail = gettext("This link has expired. Ask the organiser for another one.")
    return site.error(request, GONE, detail)

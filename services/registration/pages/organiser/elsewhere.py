"""The organiser's pages that other services serve: who is signed in here may go there.

A form whose sender is no longer known there comes along, and goes back with the pass.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.access.mailed_links import own_path
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.organiser.sign_in import sign_in_page
from services.registration.pages.signed_in import RoleMissing, SignedIn, Whoever
from shared.base.clock import epoch_seconds
from shared.pages.visit import OnSite
from shared.pages.visitors import Visitor, way_in

router = APIRouter(prefix="/organiser/{slug}/open")

Area = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$")]


@router.get("/{area}")
def open_area(
    slug: str,
    area: Area,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Whoever,
    page: str = "",
) -> Response:
    if who is None:
        back = f"/organiser/{slug}/{area}{page if page.startswith('/') else ''}"
        return sign_in_page(site, request, goes_to=own_path(back))
    return _way_in(slug, area, page, request, desk, who, 303)


@router.post("/{area}")
def take_along(
    slug: str,
    area: Area,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Whoever,
    form: Form,
    page: str = "",
) -> Response:
    if who is None:
        typed = [field for field in form.multi_items() if isinstance(field[1], str)]
        return site.page(request, "organiser/sign-in-again.html", status=403, typed=typed)
    return _way_in(slug, area, page, request, desk, who, 307)


def _way_in(
    slug: str,
    area: str,
    page: str,
    request: Request,
    desk: AtDesk,
    who: SignedIn,
    status: int,
) -> Response:
    role = who.role(slug)
    if role is None or not who.may("organise", slug):
        raise RoleMissing
    conference = desk.programmes.known(slug).slug
    visitor = Visitor(conference, role, who.name, who.session, who.holder, epoch_seconds())
    keys = request.app.state.settings.keys
    response = RedirectResponse(way_in(visitor, area, page, keys), status)
    response.headers["Cache-Control"] = "no-store"
    return response

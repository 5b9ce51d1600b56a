"""`…/certificates/employers`: links that give an employer the certificates of those who agreed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.certificates.base.minting import Mint
from services.certificates.desk import AtDesk, Desk
from services.certificates.holding import employers
from services.certificates.holding.agreeing import employer_key
from services.certificates.holding.employers import LASTS, token_of
from services.certificates.pages.organiser.here import At, Form
from shared.http.numbers import row_number
from shared.pages import Site
from shared.pages.visit import Here, OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/certificates/employers")

MOST_SHOWN = 40


@router.get("")
def show(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    at: At,
    q: Annotated[str, Query(max_length=100)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    return _page(request, site, desk, at, sought=q, done=done)


@router.post("")
def make(request: Request, site: OnSite, desk: AtDesk, at: At, form: Form) -> Response:
    wanted = [str(each) for each in form.getlist("organisation")]
    days = row_number(typed(form, "days"))
    if days not in LASTS:
        return _page(request, site, desk, at, chosen=wanted, complaint="no-days")
    if not employers.make_link(desk.database, desk.log, at.slug, wanted, days, at.who.name):
        return _page(request, site, desk, at, chosen=wanted, complaint="nobody")
    return _back(at, "made")


@router.post("/{link}/revoke")
def revoke(link: str, desk: AtDesk, at: At) -> Response:
    revoked = employers.revoke_link(desk.database, desk.log, at.slug, link, at.who.name)
    return _back(at, "revoked" if revoked else "late")


def _page(
    request: Request,
    site: Site,
    desk: Desk,
    at: Here,
    *,
    sought: str = "",
    done: str = "",
    chosen: list[str] | None = None,
    complaint: str = "",
) -> Response:
    with desk.database.read() as connection:
        mint = Mint.of(connection)
        links = employers.links_of(connection, [at.slug])
        found = employers.employers(connection, at.slug)
        agreed = {each.id: len(employers.set_of(connection, each)) for each in links}
    wanted = employer_key(sought)
    matching = [each for each in found if wanted in employer_key(each.organisation)]
    return site.page(
        request,
        "organiser/employers.html",
        status=422 if complaint else 200,
        **at.words,
        sought=sought,
        employers=matching[:MOST_SHOWN],
        left_out=len(matching[MOST_SHOWN:]),
        has_employers=bool(found),
        made=links,
        agreed=agreed,
        addresses={each.id: desk.links.employer(token_of(mint, each.id)) for each in links},
        lasts=LASTS,
        chosen=chosen or [],
        done=done,
        complaint=complaint,
    )


def _back(at: Here, done: str) -> Response:
    return RedirectResponse(f"{at.address}/employers?done={done}", 303)

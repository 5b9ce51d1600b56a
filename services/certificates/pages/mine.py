"""`/certificates/mine`: one's own page of all certificates, for whoever reads the address.

It is asked for by address, or from the page of one certificate, and the link in the email alone
lets anybody in. What is done there is done by forms, each about a certificate of the visitor's.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.background import BackgroundTask
from starlette.datastructures import FormData

from services.certificates.base.records import Record
from services.certificates.desk import AtDesk, Desk
from services.certificates.holding import agreeing, linkedin, own, sharing, visits
from services.certificates.holding.visits import PLACE, Visit
from services.certificates.pages.download import opened, refusal
from shared.events.registration import Locale
from shared.http.limits import FromNetwork, Limit
from shared.http.passes import PARAMETER, opens
from shared.pages import Site
from shared.pages.visit import OnSite, Speaking, form_of, typed
from shared.watching.security import say
from shared.words.addresses import address_key

router = APIRouter(prefix=PLACE)

# A venue or a company has one address: by network, 300 an hour.
LINK_REQUESTS = Limit("links to one's certificates asked for from one network", most=300, every=12)
# A link lives so long: whoever asks for it, there is always one in the inbox that still opens.
LINKS_TO_HOLDER = Limit("links to one's certificates sent to one address", most=3, every=1200)
# Only those that failed count.
OPENINGS = Limit("refused links to one's certificates from one network", most=30, every=12)

LONGEST_ADDRESS = 320  # characters
Form = Annotated[FormData, Depends(form_of(fields=6))]


def visit_of(request: Request, desk: AtDesk) -> Visit | None:
    given = request.cookies.get(_cookie(desk), "")
    if not given:
        return None
    with desk.database.read() as connection:
        return visits.visit_of(connection, given)


Visiting = Annotated[Visit | None, Depends(visit_of)]


@router.get("")
def show(
    request: Request, site: OnSite, desk: AtDesk, language: Speaking, visit: Visiting
) -> Response:
    """All that they have; of a stranger, their address is asked."""
    if visit is None:
        return site.page(request, "mine/ask.html", email="", complaint="")
    with desk.database.read() as connection:
        days = own.own_days(connection, visit)
    return site.page(
        request,
        "mine/all.html",
        address=visit.address,
        days=days,
        links=desk.links,
        linkedin=linkedin,
        agreement_words=lambda employer: agreeing.words(language.code, employer),
    )


@router.post("")
def send_link(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    language: Speaking,
    network: FromNetwork,
    form: Form,
) -> Response:
    """The answer is the same whether or not anything was ever sent to this address or it has had
    its links, and does not wait to know. From the page of one certificate, to its holder."""
    by_key = "code" in form
    if by_key:
        record = opened(desk, typed(form, "code"), typed(form, "key"), network)
        if record is None:
            return refusal(request, site, desk, typed(form, "code"), typed(form, "key"))
        email = record.attended.person.email
    else:
        email = typed(form, "email").strip()
        if "@" not in email[1:-1] or len(email) > LONGEST_ADDRESS:
            return site.page(
                request, "mine/ask.html", status=422, email=email[:60], complaint="no-address"
            )
    desk.limits.claim(LINK_REQUESTS, network)
    response = site.page(request, "mine/sent.html", email="" if by_key else email)
    if email and desk.limits.take(LINKS_TO_HOLDER, address_key(email)):
        locale: Locale = "en" if language.code == "en" else "fr"
        response.background = BackgroundTask(
            visits.request_link, desk.database, desk.log, email, locale
        )
    return response


@router.get("/open/{name}")
def ask_to_open(name: str, request: Request, site: OnSite) -> Response:
    """Looking at a link is not using it: mail scanners open links too."""
    return site.page(request, "mine/open.html", name=name)


@router.post("/open/{name}")
def open_page(
    name: str, request: Request, site: OnSite, desk: AtDesk, network: FromNetwork
) -> Response:
    given = request.query_params.get(PARAMETER, "")
    cookie = None
    if opens(visits.path_of(name), given, desk.settings.keys):
        cookie = visits.open_visit(desk.database, name)
    if cookie is None:
        desk.limits.claim(OPENINGS, network)
        say("holder-link.refused", by="link")
        return site.page(request, "mine/ask.html", status=403, email="", complaint="used")
    response = RedirectResponse(PLACE, 303)
    response.set_cookie(
        _cookie(desk),
        cookie,
        max_age=int(visits.VISIT_LASTS.total_seconds()),
        path=PLACE,
        httponly=True,
        samesite="lax",
        secure=_is_secure(desk),
    )
    return response


@router.post("/close")
def close(desk: AtDesk, visit: Visiting) -> Response:
    if visit is not None:
        visits.end_visit(desk.database, visit)
    response = RedirectResponse(PLACE, 303)
    response.delete_cookie(_cookie(desk), path=PLACE)
    return response


@router.get("/data.json")
def download_data(request: Request, site: OnSite, desk: AtDesk, visit: Visiting) -> Response:
    """Everything that is kept here about them."""
    if visit is None:
        return _stranger(request, site)
    with desk.database.read() as connection:
        data = own.own_data(connection, visit, desk.links)
    disposition = 'attachment; filename="certificates.json"'
    return JSONResponse(
        jsonable_encoder(data),
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


@router.post("/share")
def switch_sharing(
    request: Request, site: OnSite, desk: AtDesk, visit: Visiting, form: Form
) -> Response:
    if visit is None:
        return _stranger(request, site)
    record = _theirs(desk, visit, form)
    if record is None:
        return site.error(request, 404)
    if typed(form, "shared") == "on":
        sharing.share(desk.database, record)
    else:
        sharing.stop_sharing(desk.database, record)
    return _back(record)


@router.post("/agreement")
def switch_agreement(
    request: Request,
    site: OnSite,
    desk: AtDesk,
    language: Speaking,
    visit: Visiting,
    form: Form,
) -> Response:
    if visit is None:
        return _stranger(request, site)
    record = _theirs(desk, visit, form)
    if record is None:
        return site.error(request, 404)
    if typed(form, "agreed") == "on":
        agreeing.agree(desk.database, record, language.code)
    else:
        agreeing.take_back(desk.database, record)
    return _back(record, "e")


def _stranger(request: Request, site: Site) -> Response:
    """Their visit is over, or never was: they ask for a link again."""
    status = HTTPStatus.FORBIDDEN
    return site.page(request, "mine/ask.html", status=status, email="", complaint="over")


def _theirs(desk: Desk, visit: Visit, form: FormData) -> Record | None:
    with desk.database.read() as connection:
        return own.own_certificate(connection, visit, typed(form, "code"))


def _back(record: Record, section: str = "c") -> Response:
    return RedirectResponse(f"{PLACE}#{section}-{record.code}", 303)


def _is_secure(desk: Desk) -> bool:
    return desk.settings.public_url.startswith("https://")


def _cookie(desk: Desk) -> str:
    return "__Secure-emarge-holder" if _is_secure(desk) else "emarge-holder"

"""The endpoints of a conference, the form that adds one, and who changed them."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.webhooks.base.changes import changes
from services.webhooks.base.payloads import OFFERED
from services.webhooks.managing.endpoints import MOST, Endpoints, TooManyEndpoints
from services.webhooks.managing.wishes import Fault, Wish, faults
from services.webhooks.pages.here import At, By, Form, Managed, asked_in
from shared.pages.visit import Here, OnSite, Speaking

router = APIRouter(prefix="/organiser/{slug}/webhooks")


@router.get("")
def show_endpoints(request: Request, site: OnSite, at: At, endpoints: Managed) -> Response:
    """Where this conference's events are sent."""
    wish = Wish(url="https://", types=(), contact=at.who.name)
    return _page(request, site, at, endpoints, wish, [])


@router.post("")
def add_endpoint(
    request: Request,
    site: OnSite,
    at: At,
    by: By,
    endpoints: Managed,
    language: Speaking,
    form: Form,
) -> Response:
    wish = Wish(**asked_in(form), locale=language.code)
    found = faults(wish, request.app.state.settings.webhook_allow)
    if not found:
        try:
            made, _ = endpoints.create(wish, by)
        except TooManyEndpoints:
            found = [Fault("", "too-many", "")]
        else:
            return RedirectResponse(f"{at.address}/{made.id}?done=created", 303)
    return _page(request, site, at, endpoints, wish, found)


def _page(
    request: Request, site: OnSite, at: Here, endpoints: Endpoints, wish: Wish, found: list[Fault]
) -> Response:
    with endpoints.database.read() as connection:
        history = changes(connection, endpoints.conference)
    return site.page(
        request,
        "webhooks.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if found else HTTPStatus.OK,
        **at.words,
        endpoints=endpoints.listed(),
        history=history,
        offered=list(OFFERED),
        wish=wish,
        faults={fault.field: fault for fault in found},
        most=MOST,
    )

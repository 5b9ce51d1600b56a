"""One endpoint: how it fares, what was sent, its secret, and all that may be done with it."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.webhooks.base.changes import changes
from services.webhooks.base.payloads import OFFERED
from services.webhooks.managing import log
from services.webhooks.managing.endpoints import MOST_RESENT, Endpoints
from services.webhooks.managing.wishes import BadWish, Fault, Wish, wish_of
from services.webhooks.pages.here import At, By, Form, Managed, asked_in
from shared.base.clock import now
from shared.http.numbers import RowNumber
from shared.pages.visit import Here, OnSite

router = APIRouter(prefix="/organiser/{slug}/webhooks/{endpoint}")
Id = Annotated[str, Path(max_length=64)]


@router.get("")
def show_endpoint(
    endpoint: Id,
    request: Request,
    site: OnSite,
    at: At,
    endpoints: Managed,
    before: Annotated[RowNumber | None, Query()] = None,
    done: Annotated[str, Query(max_length=20)] = "",
    count: RowNumber = 0,
) -> Response:
    row = endpoints.get(endpoint)
    return _page(
        request, site, at, endpoints, row, before=before, done=done, count=count, wish=wish_of(row)
    )


@router.post("")
def change_endpoint(
    endpoint: Id,
    request: Request,
    site: OnSite,
    at: At,
    by: By,
    endpoints: Managed,
    form: Form,
) -> Response:
    allowed = request.app.state.settings.webhook_allow
    try:
        endpoints.change(endpoint, asked_in(form), by, allowed)
    except BadWish as error:
        row = endpoints.get(endpoint)
        return _page(request, site, at, endpoints, row, wish=error.wish, found=error.faults)
    return _back(at, endpoint, "changed")


@router.post("/secret")
def show_secret(
    endpoint: Id, request: Request, site: OnSite, at: At, by: By, endpoints: Managed
) -> Response:
    """Once, on the page that answers; its history says who looked."""
    secret = endpoints.show_secret(endpoint, by)
    row = endpoints.get(endpoint)
    return _page(request, site, at, endpoints, row, wish=wish_of(row), secret=secret)


@router.post("/rotate")
def rotate_secret(
    endpoint: Id, request: Request, site: OnSite, at: At, by: By, endpoints: Managed
) -> Response:
    secret, _until = endpoints.rotate(endpoint, by)
    row = endpoints.get(endpoint)
    return _page(request, site, at, endpoints, row, wish=wish_of(row), secret=secret)


@router.post("/test")
def send_test(endpoint: Id, at: At, by: By, endpoints: Managed) -> Response:
    endpoints.test(endpoint, by)
    return _back(at, endpoint, "tested")


@router.post("/enable")
def enable(endpoint: Id, at: At, by: By, endpoints: Managed) -> Response:
    was_disabled = endpoints.get(endpoint).disabled
    endpoints.set_enabled(endpoint, by, enabled=True)
    return _back(at, endpoint, "enabled" if was_disabled else "tried-now")


@router.post("/disable")
def disable(endpoint: Id, at: At, by: By, endpoints: Managed) -> Response:
    endpoints.set_enabled(endpoint, by, enabled=False)
    return _back(at, endpoint, "disabled")


@router.post("/delete")
def delete(endpoint: Id, at: At, by: By, endpoints: Managed) -> Response:
    endpoints.delete(endpoint, by)
    return RedirectResponse(at.address, 303)


@router.post("/deliveries/{number}/again")
def send_again(endpoint: Id, number: RowNumber, at: At, by: By, endpoints: Managed) -> Response:
    return _back(at, endpoint, "resent", endpoints.resend(endpoint, by, number))


@router.post("/failed/again")
def send_failed_again(endpoint: Id, at: At, by: By, endpoints: Managed) -> Response:
    return _back(at, endpoint, "resent", endpoints.resend(endpoint, by, "failed"))


def _back(at: Here, endpoint: str, done: str, count: int = 0) -> Response:
    return RedirectResponse(f"{at.address}/{endpoint}?done={done}&count={count}", 303)


def _page(
    request: Request,
    site: OnSite,
    at: Here,
    endpoints: Endpoints,
    row: Any,
    *,
    wish: Wish,
    found: list[Fault] | None = None,
    secret: str = "",
    before: int | None = None,
    done: str = "",
    count: int = 0,
) -> Response:
    with endpoints.database.read() as connection:
        sent = log.deliveries(connection, row.id, before)
        failed = log.count_failed(connection, row.id)
        history = changes(connection, row.conference, row.id)
    return site.page(
        request,
        "webhook.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if found else HTTPStatus.OK,
        **at.words,
        endpoint=row,
        rotating=row.previous_until is not None and row.previous_until > now(),
        paused=not row.disabled and row.paused_until is not None and row.paused_until > now(),
        sent=sent,
        next_page=sent[-1].id if len(sent) == log.PAGE else None,
        failed=failed,
        most_resent=MOST_RESENT,
        history=history,
        offered=list(OFFERED),
        wish=wish,
        faults={fault.field: fault for fault in found or []},
        secret=secret,
        done=done,
        count=count,
    )

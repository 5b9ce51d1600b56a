"""The JSON API: endpoints managed by programs, with an organiser's token of the conference."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.webhooks.base import days
from services.webhooks.base.changes import Actor, changes
from services.webhooks.base.payloads import OFFERED
from services.webhooks.managing import log
from services.webhooks.managing.endpoints import (
    MOST,
    TESTS,
    EndpointDisabled,
    EndpointRefused,
    Endpoints,
    NoSuchEndpoint,
    RotatedLately,
    TooManyEndpoints,
    TooManyTests,
)
from services.webhooks.managing.wishes import BadWish, Fault, Wish, chosen, faults
from shared.events.catalogue import contracts
from shared.http.feed import Credentials
from shared.http.numbers import RowNumber
from shared.http.organisers import organisers_token
from shared.http.problems import Problem, problem_response

MEANINGS = {contract.payload: contract.meaning for contract in contracts()}
PROBLEMS: dict[type[EndpointRefused], tuple[int, str, str]] = {
    NoSuchEndpoint: (404, "no-such-endpoint", "There is no such endpoint"),
    EndpointDisabled: (
        409,
        "endpoint-disabled",
        "The endpoint is disabled: nothing is sent there until it is enabled, but tests",
    ),
    RotatedLately: (
        409,
        "rotated-lately",
        "The secret was replaced less than a day ago, and the one of before still counts",
    ),
    TooManyTests: (429, "too-many-tests", f"A conference sends at most {TESTS} tests an hour"),
    TooManyEndpoints: (409, "too-many-endpoints", f"A conference has at most {MOST} endpoints"),
}
router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
Id = Annotated[str, Path(max_length=64)]


class EndpointIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(description="where to, by https")
    types: list[str] = Field(description="of events, as /api/webhooks/types has them")
    description: str = ""
    personal: bool = Field(default=False, description="names and addresses are sent too")
    contact: str = Field(description="email address that is told when it is disabled")
    locale: str = Field(default="fr", description="of that email: fr or en")


class EndpointChange(BaseModel):
    """What is not there stays as it is."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = None
    types: list[str] | None = None
    description: str | None = None
    personal: bool | None = None
    contact: str | None = None
    locale: str | None = None
    enabled: bool | None = Field(
        default=None, description="true also tries one now that is left in peace"
    )


class EndpointOut(BaseModel):
    id: str
    url: str
    types: list[str]
    description: str
    personal: bool
    contact: str
    locale: str
    enabled: bool
    disabled: Literal["by-hand", "failing", "gone"] | None
    disabled_at: datetime | None
    failing_since: datetime | None
    delivered_at: datetime | None
    created_at: datetime


class Secret(BaseModel):
    secret: str
    previous_valid_until: datetime


class Created(EndpointOut):
    secret: str = Field(description="shown once here; its page shows it again to an organiser")


class DeliveryOut(BaseModel):
    id: int
    message_id: str
    type: str
    state: Literal["waiting", "delivered", "failed", "missed", "erased"]
    tries: int
    answer: str | None = Field(description="of the last try: a status, or why there was none")
    milliseconds: int | None
    next_at: datetime | None
    created_at: datetime
    settled_at: datetime | None


def token_of(
    slug: str,
    request: Request,
    credentials: Credentials,
) -> Actor:
    """Who may manage those of this conference."""
    state = request.app.state
    known = organisers_token(state.standing, credentials, slug)
    if known.conference is None:  # one for all could name any
        with state.database.read() as connection:
            if days.known(connection, slug) is None:
                raise Problem(404, "no-such-conference", "No such conference is published")
    return Actor("token", known.name)


Token = Annotated[Actor, Depends(token_of)]


def endpoints_of(slug: str, request: Request, _token: Token) -> Endpoints:
    """None are managed without the token."""
    state = request.app.state
    return Endpoints(state.database, state.seals, state.log, slug)


Managed = Annotated[Endpoints, Depends(endpoints_of)]


@router.get("/types")
def list_types() -> dict[str, list[dict[str, str]]]:
    """The types of events that an endpoint may choose, and what each says."""
    return {
        "items": [
            {"type": name, "description": MEANINGS[offered.contract]}
            for name, offered in OFFERED.items()
        ]
    }


@router.get("/conferences/{slug}")
def list_endpoints(endpoints: Managed) -> dict[str, list[EndpointOut]]:
    return {"items": [_out(row) for row in endpoints.listed()]}


@router.post("/conferences/{slug}", status_code=201)
def create_endpoint(
    body: EndpointIn, endpoints: Managed, token: Token, request: Request
) -> Created:
    wish = Wish(**{**body.model_dump(), "types": chosen(body.types)})
    found = faults(wish, request.app.state.settings.webhook_allow)
    if found:
        raise _invalid(found)
    row, secret = endpoints.create(wish, token)
    return Created(**_out(row).model_dump(), secret=secret)


@router.get("/conferences/{slug}/{endpoint}")
def show_endpoint(endpoint: Id, endpoints: Managed) -> EndpointOut:
    return _out(endpoints.get(endpoint))


@router.patch("/conferences/{slug}/{endpoint}")
def change_endpoint(
    endpoint: Id, body: EndpointChange, endpoints: Managed, token: Token, request: Request
) -> EndpointOut:
    given = body.model_dump(exclude_none=True)
    enabled = given.pop("enabled", None)
    if "types" in given:
        given["types"] = chosen(given["types"])
    allowed = request.app.state.settings.webhook_allow
    try:
        row = (
            endpoints.change(endpoint, given, token, allowed) if given else endpoints.get(endpoint)
        )
    except BadWish as error:
        raise _invalid(error.faults) from None
    if enabled is not None:
        row = endpoints.set_enabled(endpoint, token, enabled=enabled)
    return _out(row)


@router.delete("/conferences/{slug}/{endpoint}", status_code=204)
def delete_endpoint(endpoint: Id, endpoints: Managed, token: Token) -> None:
    endpoints.delete(endpoint, token)


@router.post("/conferences/{slug}/{endpoint}/secret")
def rotate_secret(endpoint: Id, endpoints: Managed, token: Token) -> Secret:
    """A new secret. For a day, messages are signed with the one of before too; until then there is
    no third."""
    secret, until = endpoints.rotate(endpoint, token)
    return Secret(secret=secret, previous_valid_until=until)


@router.post("/conferences/{slug}/{endpoint}/test", status_code=202)
def send_test(endpoint: Id, endpoints: Managed, token: Token) -> dict[str, int]:
    """Sends a `webhook.test`, whose delivery tells what became of it."""
    return {"delivery": endpoints.test(endpoint, token)}


@router.get("/conferences/{slug}/{endpoint}/deliveries")
def list_deliveries(
    endpoint: Id,
    endpoints: Managed,
    before: Annotated[RowNumber | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = log.PAGE,
) -> dict[str, list[DeliveryOut]]:
    """The newest first, for 30 days; `before` is the number of the last one that was read."""
    endpoints.get(endpoint)
    with endpoints.database.read() as connection:
        rows = log.deliveries(connection, endpoint, before, limit)
    return {"items": [DeliveryOut.model_validate(row, from_attributes=True) for row in rows]}


@router.post("/conferences/{slug}/{endpoint}/deliveries/{number}/resend", status_code=202)
def resend_delivery(
    endpoint: Id, number: RowNumber, endpoints: Managed, token: Token
) -> dict[str, int]:
    """Once more, with the same id; one that waits for its next try, now."""
    if not endpoints.resend(endpoint, token, number):
        title = "There is none, or it is a test, or under way, or its person was erased"
        raise Problem(409, "not-resendable", title)
    return {"resent": 1}


@router.post("/conferences/{slug}/{endpoint}/deliveries/resend-failed", status_code=202)
def resend_failed(endpoint: Id, endpoints: Managed, token: Token) -> dict[str, int]:
    """What failed, or was missed while it was disabled: the oldest first, up to 1,000 at a time."""
    return {"resent": endpoints.resend(endpoint, token, "failed")}


@router.get("/conferences/{slug}/{endpoint}/history")
def list_history(endpoint: Id, endpoints: Managed) -> dict[str, list[dict[str, Any]]]:
    """Who changed it, the newest first; of one that is deleted too."""
    with endpoints.database.read() as connection:
        found = changes(connection, endpoints.conference, endpoint)
    return {
        "items": [
            {
                "what": change.what,
                "detail": change.detail,
                "actor": {"kind": change.actor_kind, "name": change.actor},
                "at": change.at,
            }
            for change in found
        ]
    }


def add_api(app: FastAPI) -> None:
    app.include_router(router)

    @app.exception_handler(EndpointRefused)
    def refused(_request: Request, error: EndpointRefused) -> Response:
        return problem_response(Problem(*PROBLEMS[type(error)]))


def _invalid(found: list[Fault]) -> Problem:
    errors = [
        {"pointer": f"/{fault.field}", "rule": fault.rule, "detail": fault.detail}
        for fault in found
    ]
    return Problem(422, "invalid", "Some fields are not as they must be", errors=errors)


def _out(row: Any) -> EndpointOut:
    shown = {name: getattr(row, name) for name in EndpointOut.model_fields if hasattr(row, name)}
    return EndpointOut(**{**shown, "types": row.types.split(), "enabled": row.disabled is None})

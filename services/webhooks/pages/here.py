"""Where an organiser's page is shown, and the forms that are sent there."""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from services.webhooks.base import days
from services.webhooks.base.changes import Actor
from services.webhooks.base.payloads import OFFERED
from services.webhooks.managing.endpoints import Endpoints
from services.webhooks.managing.wishes import chosen
from shared.pages.visit import Here, InDatabase, form_of, typed
from shared.pages.visitors import visitor_of

AREA = "webhooks"
FIELDS = 10 + len(OFFERED)


def here_of(request: Request, database: InDatabase) -> Here:
    who = visitor_of(request)
    with database.read() as connection:
        return Here(who, AREA, days.known(connection, who.conference))


def endpoints_of(request: Request, database: InDatabase) -> Endpoints:
    state = request.app.state
    return Endpoints(database, state.seals, state.log, visitor_of(request).conference)


def actor_of(request: Request) -> Actor:
    return Actor("organiser", visitor_of(request).name)


def asked_in(form: FormData) -> dict[str, Any]:
    """What a form asks for, by the names of a Wish's fields."""
    types = [value for value in form.getlist("types") if isinstance(value, str)]
    return {
        "url": typed(form, "url").strip(),
        "types": chosen(types),
        "description": typed(form, "description").strip(),
        "personal": typed(form, "personal") == "yes",
        "contact": typed(form, "contact").strip(),
    }


At = Annotated[Here, Depends(here_of)]
Managed = Annotated[Endpoints, Depends(endpoints_of)]
By = Annotated[Actor, Depends(actor_of)]
Form = Annotated[FormData, Depends(form_of(fields=FIELDS))]

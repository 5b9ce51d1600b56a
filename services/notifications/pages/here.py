"""Where an organiser's page is shown, and the forms that are sent there."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from services.notifications.base.known_days import conference_known
from shared.pages.visit import Here, InDatabase, form_of
from shared.pages.visitors import visitor_of

AREA = "emails"


def here_of(request: Request, database: InDatabase) -> Here:
    who = visitor_of(request)
    with database.read() as connection:
        return Here(who, AREA, conference_known(connection, who.conference))


At = Annotated[Here, Depends(here_of)]
Form = Annotated[FormData, Depends(form_of(fields=20))]

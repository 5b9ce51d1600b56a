"""What other services ask before they let somebody change something: whether they still may."""

from dataclasses import asdict
from functools import partial
from secrets import compare_digest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from services.registration.access.standing import role_now
from services.registration.access.tokens import find_token, note_used
from services.registration.api.access import AtDesk, Bearer, unauthorized
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from shared.http.feed import Subscriptions
from shared.http.standing import PATH, TokenStanding

router = APIRouter(tags=["between services"], include_in_schema=False)

Name = Annotated[str, Field(max_length=200)]


class Question(BaseModel):
    """Of a visitor, by their sign-in, who they are and the conference; or of a token."""

    session: Name = ""
    holder: Name = ""
    conference: Name = ""
    token: Name | None = None


async def services_only(request: Request, bearer: Bearer) -> None:
    settings: RegistrationSettings = request.app.state.settings
    given = (bearer or "").encode()
    if not any(compare_digest(given, known.encode()) for known in settings.keys.bearers):
        raise unauthorized("Only another service asks this.")


@router.post(PATH, dependencies=[Depends(services_only)])
def tell_standing(question: Question, desk: AtDesk) -> dict[str, Any]:
    """`role` is null for what does not count, or not any more."""
    if question.token is not None:
        token = token_now(desk, question.token)
        return asdict(token) if token else {"role": None}
    with desk.database.read() as connection:
        role = role_now(connection, question.session, question.holder, question.conference)
    return {"role": role}


def token_now(desk: Desk, given: str) -> TokenStanding | None:
    with desk.database.read() as connection:
        token = find_token(connection, given)
    if token is None:
        return None
    note_used(desk, token)
    return TokenStanding(token.role, token.conference, token.types, token.conferences, token.name)


def subscriptions(desk: Desk) -> Subscriptions:
    """Of this service's own feed: who reads it is known here."""
    return partial(token_now, desk)

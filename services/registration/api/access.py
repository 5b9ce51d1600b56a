"""Who is asking: the desk they ask at, and what their bearer token allows."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.registration.access.roles import Task
from services.registration.access.tokens import Token, find_token, note_used
from services.registration.base.refusals import NotAllowed, NotFound
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor
from services.registration.seats.group_commit import GroupCommit
from services.registration.seats.records import conference_of, read_record, refuse_replaced
from shared.http.problems import Problem
from shared.watching.security import say

# Dependencies without I/O are coroutines: a plain function would cost a trip to a thread.


async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def group_commit_of(request: Request) -> GroupCommit:
    group_commit: GroupCommit = request.app.state.group_commit
    return group_commit


async def bearer_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


AtDesk = Annotated[Desk, Depends(desk_of)]
InGroups = Annotated[GroupCommit, Depends(group_commit_of)]
Bearer = Annotated[str | None, Depends(bearer_of)]


def unauthorized(detail: str) -> Problem:
    return Problem(401, "unauthorized", "A valid bearer token is needed", detail)


def staff_only(slug: str, desk: AtDesk, token: Bearer) -> Actor:
    """Who scans; a door's key, whose day is closed, sends late what it scanned before."""
    known = _require(desk, token, "send scans", slug)
    return Actor("door" if known.is_door_key else "token", known.name)


def may_take_back(slug: str, desk: AtDesk, token: Bearer) -> bool:
    """Whether what any door did may be taken back, and not this one's alone."""
    return token is not None and _known(desk, token).rights.allow("organise", slug)


def organiser_only(slug: str, desk: AtDesk, token: Bearer) -> Actor:
    return Actor("token", _require(desk, token, "organise", slug).name)


def viewer_only(slug: str, desk: AtDesk, token: Bearer) -> Actor:
    return Actor("token", _require(desk, token, "see", slug).name)


def may_see_presence(desk: Desk, token: str | None, slug: str) -> bool:
    """Presence is for staff; a wrong token is an error, none is a member of the public."""
    if token is None:
        return False
    _require(desk, token, "count", slug)
    return True


def actor_of(desk: Desk, token: str | None, registration_id: str) -> Actor:
    """Who the bearer acts as: the person, by the link to this registration, or an organiser.

    Raises Problem 401 for no or an unknown token, NotAllowed for one that is for something else,
    LinkReplaced for a link that no longer counts, NotFound.
    """
    if token is None:
        raise unauthorized("Send the token of the registration's link, or an organiser's.")
    own = desk.links.read_token(token)
    if own is not None and own.registration_id != registration_id:
        raise NotAllowed
    if own is not None:
        with desk.database.read() as connection:
            refuse_replaced(read_record(connection, registration_id), own)
        return PERSON
    known = _known(desk, token)
    with desk.database.read() as connection:
        slug = conference_of(connection, registration_id)
    if not known.rights.allow("organise", slug):
        say("token.refused", token=known.number, task="organise", conference=slug)
        raise NotAllowed
    return Actor("token", known.name)


def organiser_of(registration_id: str, desk: AtDesk, token: Bearer) -> Actor:
    """The organiser who asks about this registration; its own link does not do."""
    try:
        known_id = str(UUID(registration_id)) == registration_id
    except ValueError:
        known_id = False
    if not known_id:
        raise NotFound
    actor = actor_of(desk, token, registration_id)
    if actor.kind == "person":
        raise NotAllowed
    return actor


def may_see_drafts(slug: str, desk: AtDesk, token: Bearer) -> bool:
    """A draft is there for its organisers only; no token, or another's, is the public."""
    if token is None:
        return False
    with desk.database.read() as connection:
        known = find_token(connection, token)
    return known is not None and known.rights.allow("see", slug)


def refuse_unseen(slug: str, desk: Desk, token: str | None) -> None:
    """A draft is not there for whoever may not see it. Raises NotFound."""
    if desk.programmes.known(slug).stage == "draft" and not may_see_drafts(slug, desk, token):
        raise NotFound


def _require(desk: Desk, token: str | None, task: Task, slug: str) -> Token:
    if token is None:
        raise unauthorized("Send an Authorization: Bearer header.")
    known = _known(desk, token)
    if not known.rights.allow(task, slug):
        say("token.refused", token=known.number, task=task, conference=slug)
        raise NotAllowed
    return known


def _known(desk: Desk, token: str) -> Token:
    with desk.database.read() as connection:
        known = find_token(connection, token)
    if known is None:
        say("token.refused")
        raise unauthorized("This token is unknown, has ended, or was taken back.")
    note_used(desk, known)
    return known


OrganiserOf = Annotated[Actor, Depends(organiser_of)]
ByStaff = Annotated[Actor, Depends(staff_only)]
ByViewer = Annotated[Actor, Depends(viewer_only)]
ByOrganiser = Annotated[Actor, Depends(organiser_only)]
SeesDrafts = Annotated[bool, Depends(may_see_drafts)]

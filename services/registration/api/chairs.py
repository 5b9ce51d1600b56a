"""No empty chair: what a door sees of a workshop that has begun, and does about it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.registration.api.access import AtDesk, ByStaff, may_take_back
from services.registration.base.moments import Moment
from services.registration.base.person import clean
from services.registration.base.refusals import NotFound
from services.registration.day.door_line import Chairs, read_chairs
from services.registration.day.freeing import Place, ask, free_seats, leave_line, let_in
from services.registration.day.taking_back import take_back
from services.registration.desk import Desk
from services.registration.programme.programmes import load_conference
from services.registration.seats.records import Record
from services.registration.seats.standby import Standby

router = APIRouter(prefix="/api/conferences/{slug}/sessions/{session}/chairs", tags=["check-in"])

Code = Annotated[str, Field(min_length=1, max_length=40), BeforeValidator(clean)]
MOST_CODES = 1000


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Moment | None = Field(None, description="when it happened, if not now")


class Freeing(_Body):
    codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_CODES)] | None = Field(
        None, description="whose seats; absent: of all who are not there"
    )


class OfPerson(_Body):
    code: Code


class LettingIn(_Body):
    code: Code | None = Field(None, description="absent: whoever is first in the line")
    happened: bool = Field(
        False,
        description="the person is in already, as a door without a network decided: recorded "
        "whatever others did meanwhile, beyond the limit when no chair was left",
    )


Anybodys = Annotated[bool, Depends(may_take_back)]


@router.get("")
def show_chairs(slug: str, session: str, desk: AtDesk, _actor: ByStaff) -> dict[str, Any]:
    """Who is missing, who stands at the door in the order in which they are let in, whose seats
    were freed, who was let in; `room` are the chairs that nobody has a right to."""
    return _shown(desk, slug, session)


@router.post("/free")
def free(slug: str, session: str, desk: AtDesk, actor: ByStaff, body: Freeing) -> JSONResponse:
    """Free the seats of those who are not there. Who came meanwhile keeps theirs (`present`), and
    what another door has freed is said with its time (`freed-already`, `since`)."""
    done = free_seats(desk, Place(slug, session, actor, body.at), body.codes)
    answer = [
        {
            **_person(each.record),
            "outcome": each.outcome,
            "since": each.since.isoformat() if each.since else None,
        }
        for each in done
    ]
    return JSONResponse({"items": answer})


@router.post("/line", status_code=201)
def join_line(
    slug: str, session: str, desk: AtDesk, actor: ByStaff, body: OfPerson
) -> dict[str, int]:
    """Somebody stands at the door and hopes for a chair; `place` is theirs in the line, from 1."""
    return {"place": ask(desk, Place(slug, session, actor, body.at), body.code)}


@router.post("/line/leave", status_code=204)
def quit_line(slug: str, session: str, desk: AtDesk, actor: ByStaff, body: OfPerson) -> None:
    """Somebody has gone away again. Again is harmless."""
    leave_line(desk, Place(slug, session, actor, body.at), body.code)


@router.post(
    "/let-in", status_code=201, responses={200: {"description": "They had been let in already"}}
)
def take_in(slug: str, session: str, desk: AtDesk, actor: ByStaff, body: LettingIn) -> JSONResponse:
    """Seat who is first in the line, and record that they came in: one act."""
    here = Place(slug, session, actor, body.at)
    done = let_in(desk, here, body.code, happened=body.happened)
    answer = {**_person(done.record), "at": done.at.isoformat(), "over": done.over}
    return JSONResponse(answer, 201 if done.news else 200)


@router.post("/take-back")
def undo(
    slug: str, session: str, desk: AtDesk, actor: ByStaff, anybodys: Anybodys, body: OfPerson
) -> dict[str, str]:
    """Take back what this door did last about somebody; an organiser, what any did. `seat-again`,
    `first-in-line` when the seat has gone to another, or `out-again` for who was let in."""
    here = Place(slug, session, actor, body.at)
    return {"outcome": take_back(desk, here, body.code, anybodys=anybodys)}


def _shown(desk: Desk, slug: str, session: str) -> dict[str, Any]:
    with desk.database.read() as connection:
        conference = load_conference(connection, slug)
        found = conference.by_slug.get(session)
        if found is None or not found.is_chosen:
            raise NotFound
        chairs = read_chairs(connection, conference, found)
    return {
        "session": found.slug,
        "frees": conference.frees(found),
        "freed_from": conference.freed_from(found).isoformat(),
        "capacity": found.capacity,
        "held": len(chairs.holders),
        "present": len(chairs.inside),
        "room": None if found.capacity is None else chairs.room,
        "absent": [_person(each) for each in chairs.absent],
        "line": [_standing(chairs, each) for each in chairs.line],
        "freed": [_standing(chairs, each) for each in chairs.freed],
        "let_in": [_standing(chairs, each) for each in chairs.let_in],
    }


def _person(record: Record) -> dict[str, Any]:
    return {
        "registration": record.id,
        "code": record.code,
        "name": record.name,
        "organisation": record.organisation,
    }


def _standing(chairs: Chairs, known: Standby) -> dict[str, Any]:
    moments = {"freed_at": known.freed_at, "asked_at": known.asked_at, "let_in_at": known.let_in_at}
    return {
        **_person(chairs.people[known.registration_id]),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "waited": known.ticket is not None,
        "over": known.over,
    }

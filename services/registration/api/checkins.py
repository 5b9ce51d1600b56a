"""The doors."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.registration.api.access import AtDesk, ByStaff
from services.registration.api.bodies import CheckIn, seat
from services.registration.day.attendance import Passage, pass_door

router = APIRouter(prefix="/api/conferences", tags=["check-in"])


@router.post(
    "/{slug}/checkins",
    status_code=201,
    responses={200: {"description": "Recorded already"}},
)
def check_in(slug: str, body: CheckIn, desk: AtDesk, actor: ByStaff) -> JSONResponse:
    """Someone comes or goes. 201 the first time, 200 when it was recorded already.

    `expected` is false for whoever holds no seat in this session: let them in or not, it is
    recorded that they passed. What was scanned before the day was closed counts whenever it comes.
    """
    passage = Passage(body.code, body.direction, body.session, body.at, actor=actor)
    passed = pass_door(desk, slug, passage)
    record = passed.record
    return JSONResponse(
        {
            "registration": record.id,
            "code": record.code,
            "first_name": record.first_name,
            "last_name": record.last_name,
            "organisation": record.organisation,
            "status": record.status,
            "session": passed.session.slug if passed.session else None,
            "direction": body.direction,
            "at": passed.at.isoformat(),
            "expected": passed.expected,
            "already_recorded": not passed.new,
            "seats": [
                {**seat(each), "title": each.session.title, "room": each.session.room}
                for each in passed.seats
            ],
        },
        201 if passed.new else 200,
    )

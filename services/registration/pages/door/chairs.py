"""Empty chairs: who is missing from a workshop that has begun, and who stands at its door."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from services.registration.base.refusals import Refusal
from services.registration.day.door_line import read_chairs
from services.registration.day.freeing import Place, ask, free_seats, leave_line, let_in
from services.registration.day.taking_back import take_back
from services.registration.pages.at_desk import Form, Visit, Visiting
from services.registration.pages.public_day import refuse_draft
from services.registration.pages.sentences import refusal_words
from services.registration.pages.signed_in import SignedIn, Staff
from services.registration.people.search import NOBODY, find_people
from services.registration.programme.facts import Conference, Session
from shared.base.clock import now
from shared.pages.visit import typed

router = APIRouter(prefix="/checkin/{slug}/chairs")

Act = Literal["free", "line", "leave", "let-in", "take-back"]


@router.get("")
def show_chairs(
    slug: str,
    visit: Visiting,
    who: Staff,
    door: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    said: str = "",
) -> Response:
    return _page(visit, slug, who, door, search=q, said=said)


@router.post("/{act}")
def act_on(slug: str, act: Act, visit: Visiting, who: Staff, form: Form) -> Response:
    """Of whom, the form says."""
    here = Place(slug, typed(form, "door"), who.at_door)
    try:
        said = _do(visit, who, here, act, [str(each) for each in form.getlist("code")])
    except Refusal as refusal:
        if refusal.status == 404 and refusal.code == "not-found":
            raise
        words = refusal_words(refusal, visit.desk.programmes.fresh(slug), visit.language)
        return _page(visit, slug, who, here.session, error=words, status=refusal.status)
    query = urlencode({"door": here.session, "said": said})
    return RedirectResponse(f"/checkin/{slug}/chairs?{query}", 303)


def _do(visit: Visit, who: SignedIn, here: Place, act: Act, codes: list[str]) -> str:
    """What was done, in a word. Raises a Refusal."""
    code = codes[0] if codes else ""
    if act == "free":
        freed = free_seats(visit.desk, here, codes)
        return "freed" if all(each.outcome == "freed" for each in freed) else "freed-some"
    if act == "line":
        ask(visit.desk, here, code)
        return "asked"
    if act == "leave":
        leave_line(visit.desk, here, code)
        return "left"
    if act == "let-in":
        let_in(visit.desk, here, code)
        return "let-in"
    return take_back(visit.desk, here, code, anybodys=who.may("organise", here.slug))


def _page(
    visit: Visit,
    slug: str,
    who: SignedIn,
    door: str,
    *,
    search: str = "",
    said: str = "",
    error: str = "",
    status: int = 200,
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    refuse_draft(conference)
    doors = [session for session in conference.sessions if conference.frees(session)]
    session = _chosen(conference, doors, door)
    with visit.desk.database.read() as connection:
        chairs = read_chairs(connection, conference, session) if session else None
        sees = who.may("organise", slug)
        found = (
            find_people(connection, conference.id, search, by_address=sees)
            if search.strip()
            else NOBODY
        )
    moment = now()
    opens = conference.freed_from(session) if session else None
    return visit.page(
        "door/chairs.html",
        status=status,
        conference=conference,
        who=who,
        doors=doors,
        session=session,
        chairs=chairs,
        opens=opens,
        may_free=opens is not None and moment >= opens,
        goes_on=session is not None
        and conference.joined_until(session) <= moment < session.ends_at,
        moment=moment,
        search=search,
        found=found.people,
        done=said,
        error=error,
    )


def _chosen(conference: Conference, doors: list[Session], slug: str) -> Session | None:
    """The door that was asked for; else the workshop that has begun last, or begins first."""
    if asked := conference.by_slug.get(slug):
        return asked if asked in doors else None
    begun = [session for session in doors if session.starts_at <= now()]
    return begun[-1] if begun else next(iter(doors), None)

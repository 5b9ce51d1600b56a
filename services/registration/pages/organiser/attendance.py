"""Who was there: everyone and every session, by scan or by hand; written for one, for many, from a
paper sheet, before the day is closed and afterwards."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.datastructures import FormData

from services.registration.base.refusals import Fault, Invalid, Refusal
from services.registration.day.disagreement import signed_alone
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import attended_so_far, total_minutes
from services.registration.day.writing import Wish, withdraw_for_many, write_for_many
from services.registration.pages.at_desk import AtDesk, Visit, Visiting
from services.registration.pages.sentences import refusal_words
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.people.table import Filter, Presence, read_table
from services.registration.programme.facts import Conference, Session
from services.registration.responses.downloads import FORMATS, download_attendance
from shared.base.clock import now
from shared.pages.visit import Speaking, form_of, typed
from shared.words.folding import folded

router = APIRouter(prefix="/organiser/{slug}")

A_SHEET = 1000  # people on the list of one session: as long as the longest paper one
MOST = 50
TYPED = ("session", "from", "to", "reason")
Ticks = Annotated[FormData, Depends(form_of(fields=A_SHEET + 10))]


@dataclass(frozen=True)
class Looking:
    """What of the register is shown: of one session, or of the whole day."""

    search: str = ""
    presence: Presence = ""
    session: str = ""
    page: int = 1

    def filter(self, conference: Conference) -> Filter:
        """Of a session, those expected and those who came; whoever is searched is found anyway."""
        if self.presence or self.session not in conference.by_slug:
            return Filter(self.search, session=self.session, presence=self.presence)
        if self.search:
            return Filter(self.search)
        return Filter(session=self.session, presence="expected")


@router.get("/attendance")
def show_attendance(
    slug: str,
    visit: Visiting,
    who: Viewer,
    q: Annotated[str, Query(max_length=100)] = "",
    presence: Literal["", "present", "absent", "late"] = "",
    session: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    wrote: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    return _page(visit, conference, who, Looking(q.strip(), presence, session, page), wrote=wrote)


@router.post("/attendance")
def write_attendance(slug: str, visit: Visiting, who: Organiser, form: Ticks) -> Response:
    """What the pressed button asks for, of those who are ticked."""
    conference = visit.desk.programmes.fresh(slug)
    ids = [each for each in form.getlist("id") if isinstance(each, str) and "\0" not in each]
    looking = Looking(typed(form, "q"), session=typed(form, "session"))
    try:
        if not ids:
            raise Invalid([Fault("/id", "Tick at least one person.")])
        wish = _wish(conference, form, who)
        if typed(form, "action") == "scans":
            wrote = withdraw_for_many(visit.desk, conference, ids, wish)
        else:
            wrote = write_for_many(visit.desk, conference, ids, wish)
    except Refusal as refusal:
        words = refusal_words(refusal, conference, visit.language)
        return _page(visit, conference, who, looking, error=words, form=form)
    shown = f"session={wish.session}&" if typed(form, "shown") else ""
    return RedirectResponse(f"/organiser/{slug}/attendance?{shown}wrote={wrote}", 303)


@router.get("/attendance.{form}")
def download(
    slug: str, form: str, desk: AtDesk, who: Viewer, language: Speaking
) -> StreamingResponse:
    conference = desk.programmes.fresh(slug)
    kind = FORMATS.get(form, "csv")
    return download_attendance(desk, conference, kind, who.actor, language)


def _wish(conference: Conference, form: FormData, who: SignedIn) -> Wish:
    session = conference.by_slug.get(typed(form, "session"))
    if session is None:
        raise Invalid([Fault("/session", "Choose a session.")])
    times = None
    if typed(form, "action") == "write":
        start = _moment(conference, session, typed(form, "from"), session.starts_at)
        end = _moment(conference, session, typed(form, "to"), session.ends_at)
        times = start, end
    return Wish(session.slug, times, typed(form, "reason"), who.actor)


def _moment(conference: Conference, session: Session, clock: str, otherwise: datetime) -> datetime:
    """When the clocks of the place show this during the session, which may end after midnight."""
    if not clock.strip():
        return otherwise
    try:
        shown = time.fromisoformat(clock.strip().replace("h", ":").replace(" ", ""))
    except ValueError:
        raise Invalid([Fault("/from", "A time is written as 14:30.")]) from None
    begins = session.starts_at.astimezone(conference.zone)
    ends = session.ends_at.astimezone(conference.zone)
    moment = datetime.combine(begins.date(), shown.replace(tzinfo=None), conference.zone)
    if ends.date() > begins.date() and shown <= ends.time():
        moment = datetime.combine(moment.date() + timedelta(days=1), shown, conference.zone)
    return moment


def _page(
    visit: Visit,
    conference: Conference,
    who: SignedIn,
    looking: Looking,
    *,
    wrote: int | None = None,
    error: str = "",
    form: FormData | None = None,
) -> Response:
    session = conference.by_slug.get(looking.session)
    with visit.desk.database.read() as connection:
        table = read_table(
            connection,
            conference,
            looking.filter(conference),
            "name",
            looking.page,
            A_SHEET if session else MOST,
        )
        rows = table.rows
        if session:  # as a paper sheet is sorted, whatever the database takes for an order
            rows = sorted(
                rows, key=lambda row: folded(row.record.last_name + " " + row.record.first_name)
            )
        ids = [row.record.id for row in rows]
        evidence = read_evidence(connection, conference, ids)
    attended = {each: attended_so_far(conference, evidence[each], now()) for each in ids}
    absent = {
        each: [
            conference.by_id[session_id]
            for session_id, written in evidence[each].written.items()
            if written.times is None
        ]
        for each in ids
    }
    return visit.page(
        "organiser/attendance.html",
        status=422 if error else 200,
        who=who,
        conference=conference,
        looking=looking,
        session=session,
        table=table,
        rows=rows,
        attended=attended,
        absent=absent,
        signed_alone={each: signed_alone(conference, evidence[each]) for each in ids},
        minutes={each: total_minutes(attended[each]) for each in ids},
        ticked=set(form.getlist("id")) if form else set(),
        given={name: typed(form, name) if form else "" for name in TYPED},
        wrote=wrote,
        error=error,
    )

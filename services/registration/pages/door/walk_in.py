"""Walk-ins: from the sheet, or from a device that kept them while there was no network."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.datastructures import FormData

from services.registration.base.moments import Moment
from services.registration.base.refusals import Refusal
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee import kept_form
from services.registration.pages.door.check_in import shown
from services.registration.pages.door.device import told
from services.registration.pages.door.scanning import Door, Outcome, Outcomes
from services.registration.pages.door.sheet import SHEET, Sheet, offered, read_sheet, stand
from services.registration.pages.sentences import refusal_words
from services.registration.pages.signed_in import Scanning, SignedIn, Staff
from services.registration.people.walking_in import WalkIn, is_registered, namesakes, walk_in
from services.registration.programme.facts import Conference
from shared.base.clock import now
from shared.pages.visit import Speaking, typed
from shared.words.language import Language

router = APIRouter(prefix="/checkin/{slug}")

MOST = 50  # people of one sending
MOST_FIELDS = 60


class SentWalkIn(BaseModel):
    """The sheet as it was filled in, and when; `let_in` when the person has passed already."""

    id: Annotated[str, Field(min_length=8, max_length=60)]
    door: Annotated[str, Field(max_length=80)] = ""
    at: Moment
    let_in: bool = False
    fields: Annotated[
        list[tuple[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=300)]]],
        Field(max_length=MOST_FIELDS),
    ]


class SentWalkIns(BaseModel):
    walk_ins: Annotated[list[SentWalkIn], Field(max_length=MOST)]


@router.get(SHEET)
def show_sheet(slug: str, visit: Visiting, _who: Staff, door: str = "", said: str = "") -> Response:
    conference = visit.desk.programmes.fresh(slug)
    here = stand(conference, door, "in")
    form = kept_form.kept(visit.request) if said else None
    outcomes: Outcomes = visit.request.app.state.outcomes
    with visit.desk.database.read() as connection:
        outcome = outcomes.read(connection, conference, said) if form else None
    sheet = read_sheet(form, conference, visit.language) if form and outcome else None
    return _page(visit, conference, here, sheet, outcome)


@router.post(SHEET)
def send_sheet(slug: str, visit: Visiting, who: Staff, form: Form) -> Response:
    """Register someone who stands at the door, and let them in; first ask whether it is one of
    those who have the same name and are registered."""
    conference = visit.desk.programmes.fresh(slug)
    here = stand(conference, typed(form, "door"), "in")
    sheet = read_sheet(form, conference, visit.language)
    outcome = _register(visit, conference, here, sheet, who, another=bool(typed(form, "another")))
    if outcome.record is not None:
        response = shown(visit, conference, here, outcome)
        kept_form.forget(response, visit.request, visit.request.url.path)
        return response
    response = shown(visit, conference, here, outcome, SHEET)
    if kept_form.keep(response, visit.request, form):
        return response
    return _page(visit, conference, here, sheet, outcome, status=422)


@router.post("/walk-ins")
def receive_walk_ins(
    slug: str, body: SentWalkIns, desk: AtDesk, language: Speaking, who: Scanning
) -> JSONResponse:
    """People of this moment, or of when there was no network: what became of each."""
    conference = desk.programmes.fresh(slug)
    answers = []
    for sent in body.walk_ins:
        here = stand(conference, sent.door, "in")
        fields = FormData([*sent.fields])
        sheet = read_sheet(fields, conference, language, doubts=not sent.let_in)
        if sheet.person is None:
            answers.append({**_refused(sent, sheet.errors), "asked": sheet.asked})
            continue
        wanted = WalkIn(
            sheet.person,
            sheet.sessions,
            sheet.awaited,
            here.session.slug if here.session else None,
            who.at_door,
            at=sent.at,
            let_in=sent.let_in,
            key=sent.id,
        )
        try:
            outcome = Outcome.of(walk_in(desk, slug, wanted))
        except Refusal as refusal:
            words = refusal_words(refusal, desk.programmes.fresh(slug), language)
            answers.append(_refused(sent, {"": words}))
            continue
        answers.append({"id": sent.id, **told(outcome)})
    return JSONResponse({"now": now().isoformat(), "answers": answers})


def _refused(sent: SentWalkIn, errors: dict[str, str]) -> dict[str, Any]:
    return {"id": sent.id, "kind": "not-registered", "workshops": [], "errors": errors}


def _register(
    visit: Visit,
    conference: Conference,
    here: Door,
    sheet: Sheet,
    who: SignedIn,
    *,
    another: bool,
) -> Outcome:
    if sheet.person is None:
        return Outcome("not-registered")
    door = here.session.slug if here.session else None
    wanted = WalkIn(sheet.person, sheet.sessions, sheet.awaited, door, who.at_door, key=sheet.once)
    if not another and not is_registered(visit.desk, conference, wanted):
        with visit.desk.database.read() as connection:
            if namesakes(connection, conference, sheet.person):
                return Outcome("known")
    try:
        return Outcome.of(walk_in(visit.desk, conference.slug, wanted))
    except Refusal as refusal:
        return Outcome("not-registered", refused=refusal)


def _page(
    visit: Visit,
    conference: Conference,
    here: Door,
    sheet: Sheet | None,
    outcome: Outcome | None,
    *,
    status: int = 200,
) -> Response:
    same = []
    if sheet and sheet.person and outcome and outcome.kind == "known":
        with visit.desk.database.read() as connection:
            same = namesakes(connection, conference, sheet.person)
    return visit.page(
        "door/walk-in.html",
        status=status,
        conference=conference,
        here=here,
        outcome=outcome,
        why=_words(outcome, conference, visit.language),
        same=same,
        **offered(conference, here, sheet),
    )


def _words(outcome: Outcome | None, conference: Conference, language: Language) -> str:
    if outcome is None or outcome.refused is None:
        return ""
    return refusal_words(outcome.refused, conference, language)

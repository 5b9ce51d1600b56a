"""A conference and its sessions, written and changed in the browser: checked, looked at, saved.

All that was typed is in the form and comes back with every answer; nothing is kept before it is
saved, and then it goes the way of an import.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.refusals import ProgrammeChanged, Refusal
from services.registration.editing.notice import Untold
from services.registration.editing.plan import Plan, look_at
from services.registration.editing.planned import as_planned
from services.registration.editing.saving import Saving, refuse_settled, save_programme
from services.registration.history.versions import version_at, versions
from services.registration.pages.at_desk import Visit, Visiting
from services.registration.pages.organiser.in_words import say_differences
from services.registration.pages.organiser.looking import SAVES, look, outcome, saving_of, say
from services.registration.pages.organiser.merging import merge
from services.registration.pages.organiser.programme_form import FIELD_NAMES, ProgrammeForm
from services.registration.pages.signed_in import Organiser, OrganiserOfAll, SignedIn
from services.registration.programme.document import KINDS, Programme
from services.registration.programme.facts import Conference
from services.registration.programme.faults import InvalidProgramme
from services.registration.programme.telling import programme as told
from shared.events import registration as events
from shared.events.differences import differences
from shared.http.numbers import row_number
from shared.pages.visit import form_of, typed

router = APIRouter(prefix="/organiser")

MOST_FIELDS = 4000  # some hundred sessions


LongForm = Annotated[FormData, Depends(form_of(fields=MOST_FIELDS, files=1))]


@dataclass(frozen=True)
class Draft:
    """A programme being written: what was typed, the conference it is to change, and the version
    of it that was there when the writing began."""

    written: ProgrammeForm
    before: Conference | None
    based_on: int

    @classmethod
    def of(cls, before: Conference) -> "Draft":
        return cls(ProgrammeForm.of(before), before, before.version)

    @classmethod
    def read(cls, form: FormData, before: Conference | None) -> "Draft":
        written = ProgrammeForm.read(form, before)
        if before is not None:
            written.day["slug"] = before.slug
        return cls(written, before, row_number(typed(form, "version")) or 0)


@router.get("/new")
def write_programme(visit: Visiting, who: OrganiserOfAll) -> Response:
    return _page(visit, who, Draft(ProgrammeForm.new(visit.language.code), None, 0))


@router.post("/new")
def create_conference(visit: Visiting, who: OrganiserOfAll, form: LongForm) -> Response:
    return _answer(visit, who, form, None)


@router.get("/{slug}/programme")
def show_programme(slug: str, visit: Visiting, who: Organiser) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    refuse_settled(conference)
    return _page(visit, who, Draft.of(conference))


@router.post("/{slug}/programme")
def change_programme(slug: str, visit: Visiting, who: Organiser, form: LongForm) -> Response:
    return _answer(visit, who, form, visit.desk.programmes.fresh(slug))


def _answer(visit: Visit, who: SignedIn, form: FormData, before: Conference | None) -> Response:
    """What the pressed button asks for."""
    draft = Draft.read(form, before)
    action, _, key = typed(form, "action").partition(":")
    if action == "add":
        draft.written.add_session()
    if action == "remove" and (removed := row_number(key)) is not None:
        draft.written.remove_session(removed)
    if action in ("add", "remove", "edit"):
        return _page(visit, who, draft, changed=action)
    try:
        programme = draft.written.programme()
    except InvalidProgramme as invalid:
        return _page(visit, who, draft, invalid=invalid, status=422)
    plan = look_at(visit.desk, programme, before)
    if action == "preview" or (action == "save" and plan.asks):
        return _look(visit, who, draft, plan)
    if action in ("save", *SAVES):
        return _save(visit, who, draft, programme, saving_of(form, who, draft.based_on))
    return _page(visit, who, draft, plan=plan)


def _save(
    visit: Visit, who: SignedIn, draft: Draft, programme: Programme, saving: Saving
) -> Response:
    try:
        saved = save_programme(visit.desk, programme, saving)
    except ProgrammeChanged:
        return _merge(visit, who, draft, visit.desk.programmes.fresh(programme.slug))
    except Refusal as refusal:
        words = visit.language.gettext(refusal.message) % refusal.parameters
        # Based on what it was: whoever saved meanwhile is merged with, not written over.
        plan = look_at(visit.desk, programme, draft.before)
        return _page(visit, who, draft, plan=plan, refused=words, status=refusal.status)
    return RedirectResponse(f"/organiser/{saved.conference.slug}?{outcome(saving, saved)}", 303)


def _merge(visit: Visit, who: SignedIn, draft: Draft, latest: Conference) -> Response:
    """Somebody saved meanwhile: what only one of us changed is there, the rest is to be chosen."""
    with visit.desk.database.read() as connection:
        known = version_at(connection, latest.id, draft.based_on)
        changed_by = versions(connection, latest.id)[0].saved_by.name
    began = as_planned(known, latest) if known else latest
    theirs = differences(
        told(events.Programme, began, visit.desk.links),
        told(events.Programme, latest, visit.desk.links),
    )
    merged = merge(ProgrammeForm.of(began), draft.written, ProgrammeForm.of(latest))
    to_choose = {choice.name for choice in merged.choices}
    return visit.page(
        "organiser/conflict.html",
        status=409,
        who=who,
        conference=latest,
        merged=merged,
        changed_by=changed_by,
        theirs=say_differences(theirs, latest, visit.language),
        carried=[
            ("version", str(latest.version)),
            *(each for each in merged.form.fields() if each[0] not in to_choose),
        ],
        field_names=FIELD_NAMES,
    )


def _page(
    visit: Visit,
    who: SignedIn,
    draft: Draft,
    *,
    plan: Plan | None = None,
    invalid: InvalidProgramme | None = None,
    refused: str = "",
    changed: str = "",
    status: int = 200,
) -> Response:
    written = draft.written
    noticed = plan.untold if plan else Untold()
    return visit.page(
        "organiser/programme.html",
        status=status,
        who=who,
        say=partial(say, visit.language),
        written=written,
        before=draft.before,
        conference=plan.planned if plan else draft.before,
        version=draft.based_on,
        kinds=KINDS,
        errors=written.errors(invalid.faults if invalid else ()),
        checked=plan is not None,
        found=plan.found if plan else [],
        noticed=say_differences(noticed.differences, plan.planned, visit.language) if plan else [],
        people=noticed.people,
        refused=refused,
        newest=max(written.sessions, default=None) if changed == "add" else None,
    )


def _look(visit: Visit, who: SignedIn, draft: Draft, plan: Plan) -> Response:
    carried = [("version", str(draft.based_on)), *draft.written.fields()]
    address = f"/organiser/{draft.before.slug}/programme" if draft.before else "/organiser/new"
    return look(visit, who, plan, carried, address, can_write=True)

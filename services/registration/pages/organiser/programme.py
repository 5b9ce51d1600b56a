"""A conference and its sessions, written and changed in the browser: checked, looked at, saved.

All that was typed is in the form and comes back with every answer; nothing is kept before it is
saved, and then it goes the way of an import.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.refusals import Refusal
from services.registration.editing.checks import Check, checks
from services.registration.editing.planned import as_planned
from services.registration.editing.saving import import_programme
from services.registration.pages.at_desk import Visit, Visiting
from services.registration.pages.organiser.programme_form import ProgrammeForm
from services.registration.pages.signed_in import Organiser, OrganiserOfAll, SignedIn
from services.registration.pages.timetable import rows_of
from services.registration.programme.document import KINDS, Programme
from services.registration.programme.facts import Conference
from services.registration.programme.fields import InvalidProgramme
from shared.pages.visit import form_of, typed
from shared.words.language import Language
from shared.words.typography import typeset

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
        written = ProgrammeForm.read(form)
        if before is not None:
            written.day["slug"] = before.slug
        version = typed(form, "version")
        return cls(written, before, int(version) if version.isdecimal() else 0)


@router.get("/new")
def write_programme(visit: Visiting, who: OrganiserOfAll) -> Response:
    return _page(visit, who, Draft(ProgrammeForm.new(visit.language.code), None, 0))


@router.post("/new")
def create_conference(visit: Visiting, who: OrganiserOfAll, form: LongForm) -> Response:
    return _answer(visit, who, form, None)


@router.get("/{slug}/programme")
def show_programme(slug: str, visit: Visiting, who: Organiser) -> Response:
    return _page(visit, who, Draft.of(visit.desk.programmes.fresh(slug)))


@router.post("/{slug}/programme")
def change_programme(slug: str, visit: Visiting, who: Organiser, form: LongForm) -> Response:
    return _answer(visit, who, form, visit.desk.programmes.fresh(slug))


def _answer(visit: Visit, who: SignedIn, form: FormData, before: Conference | None) -> Response:
    """What the pressed button asks for."""
    draft = Draft.read(form, before)
    action, _, key = typed(form, "action").partition(":")
    if action == "add":
        draft.written.add_session()
    if action == "remove" and key.isdecimal():
        draft.written.remove_session(int(key))
    if action in ("add", "remove", "edit"):
        return _page(visit, who, draft, changed=action)
    try:
        programme = draft.written.programme()
    except InvalidProgramme as invalid:
        return _page(visit, who, draft, invalid=invalid, status=422)
    if action == "preview":
        return _preview(visit, who, draft, programme)
    if action == "save":
        return _save(visit, who, draft, programme)
    return _page(visit, who, draft, programme=programme)


def _save(visit: Visit, who: SignedIn, draft: Draft, programme: Programme) -> Response:
    try:
        saved = import_programme(visit.desk, programme, based_on=draft.based_on)
    except Refusal as refusal:
        words = visit.language.gettext(refusal.message) % refusal.parameters
        latest = visit.desk.programmes.fresh(draft.before.slug) if draft.before else None
        again = Draft(draft.written, latest, latest.version if latest else 0)
        return _page(visit, who, again, programme=programme, refused=words, status=refusal.status)
    return RedirectResponse(f"/organiser/{saved.slug}?saved=true", 303)


def _page(
    visit: Visit,
    who: SignedIn,
    draft: Draft,
    *,
    programme: Programme | None = None,
    invalid: InvalidProgramme | None = None,
    refused: str = "",
    changed: str = "",
    status: int = 200,
) -> Response:
    written = draft.written
    return visit.page(
        "organiser/programme.html",
        status=status,
        who=who,
        say=partial(_say, visit.language),
        written=written,
        before=draft.before,
        version=draft.based_on,
        kinds=KINDS,
        errors=written.errors(invalid.faults if invalid else ()),
        checked=programme is not None,
        found=_checks(programme, draft.before),
        refused=refused,
        newest=max(written.sessions, default=None) if changed == "add" else None,
    )


def _preview(visit: Visit, who: SignedIn, draft: Draft, programme: Programme) -> Response:
    planned = as_planned(programme, draft.before)
    return visit.page(
        "organiser/preview.html",
        who=who,
        say=partial(_say, visit.language),
        written=draft.written,
        version=draft.based_on,
        found=checks(planned, draft.before),
        conference=planned,
        rows=rows_of(planned.sessions),
        state="",
    )


def _say(language: Language, message: str, parameters: dict[str, Any]) -> str:
    return typeset(language.gettext(message) % parameters, language.code)


def _checks(programme: Programme | None, before: Conference | None) -> list[Check]:
    return checks(as_planned(programme, before), before) if programme else []

"""A conference and its sessions, written and changed in the browser: checked, looked at, saved.

All that was typed is in the form and comes back with every answer; nothing is kept before it is
saved, and then it goes the way of an import.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.base.refusals import Refusal
from services.registration.desk import Desk
from services.registration.editing.checks import Check, checks
from services.registration.editing.importing import import_programme
from services.registration.editing.planned import as_planned
from services.registration.pages.organiser.programme_form import ProgrammeForm
from services.registration.pages.signed_in import Organiser, OrganiserOfAll, SignedIn
from services.registration.pages.timetable import rows_of
from services.registration.pages.visit import AtDesk, OnSite, Speaking, typed
from services.registration.programme.document import KINDS, Programme
from services.registration.programme.facts import Conference
from services.registration.programme.fields import InvalidProgramme
from shared.pages import Site
from shared.words.language import Language
from shared.words.typography import typeset

router = APIRouter(prefix="/organiser")

MOST_FIELDS = 4000  # some hundred sessions


async def long_form(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        yield form


LongForm = Annotated[FormData, Depends(long_form)]


@router.get("/new")
def write_programme(
    request: Request, site: OnSite, language: Speaking, who: OrganiserOfAll
) -> Response:
    return _page(site, request, who, ProgrammeForm.new(language.code), None)


@router.post("/new")
def create_conference(
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: OrganiserOfAll,
    form: LongForm,
) -> Response:
    return _answer(site, request, desk, language, who, form, None)


@router.get("/{slug}/programme")
def show_programme(
    slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser
) -> Response:
    conference = desk.programmes.fresh(slug)
    return _page(site, request, who, ProgrammeForm.of(conference), conference)


@router.post("/{slug}/programme")
def change_programme(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: Organiser,
    form: LongForm,
) -> Response:
    return _answer(site, request, desk, language, who, form, desk.programmes.fresh(slug))


def _answer(
    site: Site,
    request: Request,
    desk: Desk,
    language: Language,
    who: SignedIn,
    form: FormData,
    before: Conference | None,
) -> Response:
    """What the pressed button asks for."""
    written = ProgrammeForm.read(form)
    if before is not None:
        written.day["slug"] = before.slug
    action, _, key = typed(form, "action").partition(":")
    based_on = int(typed(form, "version")) if typed(form, "version").isdecimal() else 0
    if action == "add":
        written.add_session()
    if action == "remove" and key.isdecimal():
        written.remove_session(int(key))
    if action in ("add", "remove", "edit"):
        return _page(site, request, who, written, before, based_on=based_on, changed=action)
    try:
        programme = written.programme()
    except InvalidProgramme as invalid:
        return _page(
            site, request, who, written, before, based_on=based_on, invalid=invalid, status=422
        )
    if action == "preview":
        return _preview(site, request, who, written, programme, before, based_on)
    if action == "save":
        try:
            saved = import_programme(desk, programme, based_on=based_on)
        except Refusal as refusal:
            words = language.gettext(refusal.message) % refusal.parameters
            latest = desk.programmes.fresh(before.slug) if before else None
            return _page(
                site,
                request,
                who,
                written,
                latest,
                based_on=latest.version if latest else 0,
                programme=programme,
                refused=words,
                status=refusal.status,
            )
        return RedirectResponse(f"/organiser/{saved.slug}?saved=true", 303)
    return _page(site, request, who, written, before, based_on=based_on, programme=programme)


def _page(
    site: Site,
    request: Request,
    who: SignedIn,
    written: ProgrammeForm,
    before: Conference | None,
    *,
    based_on: int | None = None,
    programme: Programme | None = None,
    invalid: InvalidProgramme | None = None,
    refused: str = "",
    changed: str = "",
    status: int = 200,
) -> Response:
    if based_on is None:
        based_on = before.version if before else 0
    faults = invalid.faults if invalid else ()
    errors = written.errors(faults)
    return site.page(
        request,
        "organiser/programme.html",
        status=status,
        who=who,
        say=partial(_say, site.language(request)),
        written=written,
        before=before,
        version=based_on,
        kinds=KINDS,
        errors=errors,
        checked=programme is not None,
        found=_checks(programme, before),
        refused=refused,
        newest=max(written.sessions, default=None) if changed == "add" else None,
    )


def _preview(
    site: Site,
    request: Request,
    who: SignedIn,
    written: ProgrammeForm,
    programme: Programme,
    before: Conference | None,
    based_on: int,
) -> Response:
    planned = as_planned(programme, before)
    return site.page(
        request,
        "organiser/preview.html",
        who=who,
        say=partial(_say, site.language(request)),
        written=written,
        version=based_on,
        found=checks(planned, before),
        conference=planned,
        rows=rows_of(planned.sessions),
        state="",
    )


def _say(language: Language, message: str, parameters: dict[str, Any]) -> str:
    return typeset(language.gettext(message) % parameters, language.code)


def _checks(programme: Programme | None, before: Conference | None) -> list[Check]:
    return checks(as_planned(programme, before), before) if programme else []

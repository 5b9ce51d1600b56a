"""One wish for many registrations: chosen in the table, or all that the table shows."""

from dataclasses import replace
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.batches.batch import DraftKind
from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.signed_in import Organiser, SignedIn
from services.registration.people.bulk import draft_for
from services.registration.people.table import PAGE, Filter, Presence, living_ids
from services.registration.programme.facts import Conference
from services.registration.responses.downloads import FORMATS, download_rows
from shared.pages import Site
from shared.pages.visit import OnSite, Speaking, typed
from shared.words.language import Language

MOST_WRITTEN_TO = 500  # one by one: as many as notifications takes; groups have no limit

router = APIRouter(prefix="/organiser/{slug}/registrations")


@router.post("/bulk")
def ask_for_batch(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: Organiser,
    form: Form,
) -> Response:
    """Nothing is done yet: the page that follows says what would be."""
    conference = desk.programmes.fresh(slug)
    wanted = _meant(form)
    action = typed(form, "action")
    if action in FORMATS:
        return download_rows(desk, conference, wanted, FORMATS[action], who.actor, language)
    if action == "write":
        return _write_to(site, request, desk, conference, wanted, who, language)
    options: dict[str, Any] = {}
    kind: DraftKind = "cancel"
    if action == "move":
        kind = "move"
        target = conference.by_slug.get(typed(form, "target"))
        if target is None or not target.is_chosen:
            return site.error(request, 422, language.gettext("Choose where to move them."))
        options = {"session": target.slug, "waitlist": typed(form, "waitlist") == "yes"}
    batch_id = draft_for(desk, conference, wanted, kind, options, requested_by=who.name)
    if batch_id is None:
        return _nobody(site, request, language)
    return RedirectResponse(f"/organiser/{slug}/batches/{batch_id}", 303)


def _write_to(
    site: Site,
    request: Request,
    desk: Desk,
    conference: Conference,
    wanted: Filter,
    who: SignedIn,
    language: Language,
) -> Response:
    """Who it would be; the message itself is written in the place for emails."""
    with desk.database.read() as connection:
        ids = living_ids(connection, conference, wanted)
    if not ids:
        return _nobody(site, request, language)
    return site.page(
        request,
        "organiser/write-to.html",
        conference=conference,
        who=who,
        people=ids,
        most=MOST_WRITTEN_TO,
    )


def _nobody(site: Site, request: Request, language: Language) -> Response:
    words = language.gettext("Choose at least one registration that is not cancelled.")
    return site.error(request, 422, words)


def _meant(form: FormData) -> Filter:
    """Everyone whom the table was filtered to, or those who were ticked."""
    if typed(form, "everyone") == "yes":
        wanted = Filter(typed(form, "q").strip(), typed(form, "status"), typed(form, "session"))
        [presence] = [each for each in get_args(Presence) if each == typed(form, "presence")] or [
            ""
        ]
        return replace(wanted, presence=presence)
    ticked = [value for value in form.getlist("id") if isinstance(value, str)]
    return Filter(ids=[value.replace("\0", "") for value in ticked[:PAGE]])

"""Registering many people from a spreadsheet: checked first, row by row."""

import csv
import io
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.registration.lists.reading import LARGEST
from services.registration.lists.table import Unreadable
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.signed_in import Organiser, SignedIn
from services.registration.people.roster import check_roster, draft_roster, read_roster
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_if_closed
from shared.base.bulkhead import Busy
from shared.pages import Site
from shared.pages.visit import OnSite, Speaking, typed
from shared.words.language import Language

_CALLED = {"last_name": "Last name", "first_name": "First name", "email": "Email"}

router = APIRouter(prefix="/organiser/{slug}/registrations")


@router.get("/import")
def ask_for_file(
    slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser
) -> Response:
    conference = desk.programmes.fresh(slug)
    refuse_if_closed(conference)
    return _page(site, request, conference, who)


@router.get("/import/example.csv")
def download_example(slug: str, desk: AtDesk, _who: Organiser) -> Response:
    """A file to fill in, with the names of the columns and one row of this conference."""
    conference = desk.programmes.known(slug)
    chosen = [session.title for session in conference.sessions if session.is_workshop][:1]
    row = {
        "last_name": "Lefèvre",
        "first_name": "Camille",
        "email": "camille.lefevre@example.org",
        "organisation": "Maison de l’emploi",
        "job_title": "",
        "language": conference.language,
        "sessions": "; ".join(chosen),
    }
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(row)
    writer.writerow(row.values())
    return Response(
        ("\ufeff" + text.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-import.csv"'},
    )


@router.post("/import")
def check_file(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: Organiser,
    form: Form,
) -> Response:
    """Every row is checked and nobody registered: the page that follows says what would be."""
    conference = desk.programmes.fresh(slug)
    refuse_if_closed(conference)
    try:
        rows = read_roster(_uploaded(form), conference)
    except Busy:
        busy = language.gettext("Another file is being read. Please try again in a moment.")
        return _page(site, request, conference, who, error=busy, status=503)
    except Unreadable as error:
        words = language.gettext(error.message) % _named(error.parameters, language)
        return _page(site, request, conference, who, error=words, status=422)
    with desk.database.read() as connection:
        checked = check_roster(connection, conference, rows)
    waitlist = typed(form, "waitlist") == "yes"
    batch_id = draft_roster(desk, conference, checked, waitlist=waitlist, requested_by=who.name)
    return RedirectResponse(f"/organiser/{slug}/batches/{batch_id}", 303)


def _named(parameters: dict[str, Any], language: Language) -> dict[str, Any]:
    """Columns by what a reader of this language calls them; files may do so too."""
    if "names" not in parameters:
        return parameters
    names = [language.gettext(_CALLED[name]) for name in parameters["names"].split(", ")]
    return {**parameters, "names": ", ".join(names)}


def _uploaded(form: FormData) -> bytes:
    file = form.get("roster")
    return file.file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""


def _page(
    site: Site,
    request: Request,
    conference: Conference,
    who: SignedIn,
    *,
    error: str = "",
    status: int = 200,
) -> Response:
    return site.page(
        request,
        "organiser/roster.html",
        status=status,
        who=who,
        conference=conference,
        chosen=[session for session in conference.sessions if session.is_chosen],
        error=error,
    )

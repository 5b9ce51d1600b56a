"""Every state in which a programme was saved: who saved it, what differs between two, and back."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from services.registration.base.refusals import ProgrammeChanged, Refusal
from services.registration.editing.plan import look_at
from services.registration.editing.planned import as_planned
from services.registration.editing.saving import save_programme
from services.registration.editing.showing import ShownDifference, shown_differences
from services.registration.history.acts import who_in_words
from services.registration.history.versions import Version, programme_of, versions
from services.registration.pages.at_desk import Form, Visit, Visiting
from services.registration.pages.organiser.in_words import Said, say_differences
from services.registration.pages.organiser.looking import look, outcome, saving_of
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.programme.facts import Conference
from services.registration.programme.telling import programme
from shared.events.differences import differences
from shared.events.registration import Difference, Programme
from shared.http.numbers import RowNumber, row_number
from shared.pages.visit import typed

router = APIRouter(prefix="/organiser/{slug}/versions")


@router.get("")
def show_versions(
    slug: str,
    visit: Visiting,
    who: Viewer,
    before: Annotated[RowNumber | None, Query(alias="from")] = None,
    after: Annotated[RowNumber | None, Query(alias="to")] = None,
) -> Response:
    """The newest first, and what differs between two of them: at first the last two."""
    conference = visit.desk.programmes.fresh(slug)
    with visit.desk.database.read() as connection:
        kept = versions(connection, conference.id)
        numbers = [version.number for version in kept]
        chosen = sorted({before or numbers[1], after or numbers[0]}) if len(numbers) > 1 else []
        found = _between(visit, connection, conference, chosen) if len(chosen) > 1 else []
    return visit.page(
        "organiser/versions.html",
        who=who,
        conference=conference,
        kept=[(version, who_in_words(version.saved_by, visit.language)) for version in kept],
        chosen=chosen,
        found=found,
    )


@router.get("/{number}")
def look_at_version(slug: str, number: RowNumber, visit: Visiting, who: Organiser) -> Response:
    """As it would be if it were saved again."""
    return _look(visit, who, visit.desk.programmes.fresh(slug), number)


@router.post("/{number}")
def restore_version(
    slug: str, number: RowNumber, visit: Visiting, who: Organiser, form: Form
) -> Response:
    """Save it again, as the newest one."""
    conference = visit.desk.programmes.fresh(slug)
    with visit.desk.database.read() as connection:
        document = programme_of(connection, conference.id, number)
    saving = saving_of(form, who, row_number(typed(form, "version")) or 0)
    try:
        saved = save_programme(visit.desk, document, saving.restoring())
    except ProgrammeChanged as refusal:
        return _look(visit, who, visit.desk.programmes.fresh(slug), number, refusal)
    except Refusal as refusal:
        return _look(visit, who, conference, number, refusal)
    return RedirectResponse(f"/organiser/{slug}?{outcome(saving, saved)}", 303)


def _look(
    visit: Visit,
    who: SignedIn,
    conference: Conference,
    number: int,
    refusal: Refusal | None = None,
) -> Response:
    with visit.desk.database.read() as connection:
        document = programme_of(connection, conference.id, number)
        kept = _version(connection, conference, number)
    return look(
        visit,
        who,
        look_at(visit.desk, document, conference),
        [("version", str(conference.version))],
        f"/organiser/{conference.slug}/versions/{number}",
        version=(kept, who_in_words(kept.saved_by, visit.language)),
        refusal=refusal,
    )


def _version(connection: Connection, conference: Conference, number: int) -> Version:
    return next(each for each in versions(connection, conference.id) if each.number == number)


def _between(
    visit: Visit, connection: Connection, conference: Conference, numbers: list[int]
) -> list[Said]:
    """Raises NotFound for a number that was never kept."""
    before, after = (
        as_planned(programme_of(connection, conference.id, number), conference)
        for number in numbers
    )
    told = [programme(Programme, day, visit.desk.links) for day in (before, after)]
    found: list[Difference | ShownDifference]
    found = [*differences(*told), *shown_differences(before, after)]
    return say_differences(found, conference, visit.language)

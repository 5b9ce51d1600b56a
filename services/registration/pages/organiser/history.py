"""Who did what to a conference, the latest first."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registration.history.acts import PAGE, history
from services.registration.pages.at_desk import Visiting
from services.registration.pages.organiser.in_words import say_act
from services.registration.pages.signed_in import Viewer
from shared.http.numbers import RowNumber

router = APIRouter(prefix="/organiser/{slug}/history")


@router.get("")
def show_history(
    slug: str,
    visit: Visiting,
    who: Viewer,
    after: Annotated[RowNumber | None, Query()] = None,
) -> Response:
    """`after` is the number of the last act on the page before."""
    conference = visit.desk.programmes.fresh(slug)
    with visit.desk.database.read() as connection:
        acts = history(connection, conference_id=conference.id, after=after, limit=PAGE + 1)
    shown = acts[:PAGE]
    return visit.page(
        "organiser/history.html",
        who=who,
        conference=conference,
        acts=[say_act(act, conference, visit.language) for act in shown],
        older=shown[-1]["id"] if len(acts) > PAGE else None,
        newest=after is None,
    )

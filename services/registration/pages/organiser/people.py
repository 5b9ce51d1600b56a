"""Everybody registered, for the organiser."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.registration.pages.at_desk import AtDesk
from services.registration.pages.signed_in import Organiser, Viewer
from services.registration.people.table import EVERYONE, Filter, Order, read_table
from services.registration.programme.export import programme_yaml
from services.registration.responses.downloads import download_rows, download_sheet
from shared.pages.visit import OnSite, Speaking

router = APIRouter(prefix="/organiser/{slug}")


@router.get("/registrations")
def show_table(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Viewer,
    q: Annotated[str, Query(max_length=100)] = "",
    status: Literal["", "confirmed", "waitlisted", "cancelled"] = "",
    session: str = "",
    presence: Literal["", "present", "absent", "late"] = "",
    order: Order | Literal[""] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    conference = desk.programmes.fresh(slug)
    wanted = Filter(q.strip(), status, session, presence=presence)
    order = order or ("nearest" if wanted.search else "-created")
    with desk.database.read() as connection:
        table = read_table(connection, conference, wanted, order, page)
    return site.page(
        request,
        "organiser/people.html",
        who=who,
        conference=conference,
        wanted=wanted,
        order=order,
        table=table,
        chosen=[session for session in conference.sessions if session.is_chosen],
    )


@router.get("/registrations.csv")
def download_csv(slug: str, desk: AtDesk, who: Organiser, language: Speaking) -> StreamingResponse:
    conference = desk.programmes.fresh(slug)
    return download_rows(desk, conference, EVERYONE, "csv", who.actor, language)


@router.get("/registrations.xlsx")
def download_xlsx(slug: str, desk: AtDesk, who: Organiser, language: Speaking) -> StreamingResponse:
    conference = desk.programmes.fresh(slug)
    return download_rows(desk, conference, EVERYONE, "xlsx", who.actor, language)


@router.get("/programme.yaml")
def download_programme(slug: str, desk: AtDesk, _who: Viewer) -> Response:
    """To be changed and imported again."""
    return Response(
        programme_yaml(desk.programmes.fresh(slug)),
        media_type="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{slug}.yaml"'},
    )


@router.get("/sign-in-sheet.pdf")
def print_sheet(
    slug: str, request: Request, desk: AtDesk, who: Organiser, session: str | None = None
) -> Response:
    """The sheet to sign at the door, of the day or of one session."""
    return download_sheet(slug, request, desk, who.actor, session or None)

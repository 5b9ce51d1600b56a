"""How the emails stand."""

from fastapi import APIRouter, Request, Response

from services.notifications.deliveries import figures
from services.notifications.pages.visit import InDatabase, OnSite, Who

router = APIRouter(prefix="/organiser/{slug}/emails")


@router.get("")
def show_overview(request: Request, site: OnSite, database: InDatabase, who: Who) -> Response:
    with database.read() as connection:
        counts = figures(connection)
    return site.page(request, "overview.html", who=who, counts=counts)

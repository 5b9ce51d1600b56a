"""`/sheets/verify`: whether a sealed sheet is real and still counts, by its code or by its file."""

from fastapi import Request, Response

from services.sheets.pages.at_desk import desk_of
from services.sheets.sealing.verification import Verdict
from shared.pages import Site
from shared.pages.verification import verification


def show(request: Request, verdict: Verdict) -> Response:
    site: Site = request.app.state.site
    zone = verdict.heading.timezone if verdict.heading else "UTC"
    return site.page(request, "verdict.html", verdict=verdict, zone=zone)


router = verification("/sheets/verify", desk_of, show)

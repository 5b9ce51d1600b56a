"""My data: taken away as a file, or erased everywhere."""

import json

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.people.erasing import erase
from services.registration.people.personal_data import personal_data
from services.registration.programme.retention import evidence_until
from shared.pages.visit import OnSite

router = APIRouter(prefix="/r/{token}")


@router.get("/data.json")
def download_data(token: str, desk: AtDesk) -> Response:
    return data_file(desk, read_own_place(desk, token))


@router.get("/erase")
def ask_erase(token: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    own = read_own_place(desk, token)
    with desk.database.read() as connection:
        evidence = evidence_until(connection, own.conference)
    return site.page(
        request, "attendee/erase.html", own=own, conference=own.conference, evidence=evidence
    )


@router.post("/erase")
def erase_data(token: str, desk: AtDesk) -> Response:
    erase(desk, read_own_place(desk, token).record.id)
    return RedirectResponse(f"/r/{token}", 303)


def data_file(desk: Desk, own: OwnPlace) -> Response:
    data = json.dumps(personal_data(desk, own.record.id), ensure_ascii=False, indent=2)
    headers = {
        "Content-Disposition": f'attachment; filename="{own.conference.slug}.json"',
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="application/json", headers=headers)

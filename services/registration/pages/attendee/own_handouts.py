"""What a person takes along: the calendar of their day and their badge."""

from fastapi import APIRouter, Response

from services.registration.base.refusals import ConferenceCancelled, RegistrationCancelled
from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.attendee.own_place import OwnPlace, read_own_place
from services.registration.programme.telling import sessions_of
from services.registration.seats.places import place
from shared.base.clock import now
from shared.events.registration import Place
from shared.handouts.badge import badge_pdf
from shared.handouts.calendar import published
from shared.pages import Site, offline
from shared.pages.visit import OnSite

worker = APIRouter()  # before what takes any token
router = APIRouter(prefix="/r/{token}")

OF_THE_PAGE = (
    "emarge.css",
    "forms-and-tables.css",
    "programme.css",
    "my-registration.css",
    "icon.svg",
    "spectral-600.woff2",
    "own-page.js",
)


@worker.get("/r/worker.js")
def serve_worker(site: OnSite) -> Response:
    """The service worker that keeps one's page on a phone; a changed asset changes it."""
    return offline.worker(site, "own-worker.js", OF_THE_PAGE)


@router.get("/calendar.ics")
def download_calendar(token: str, desk: AtDesk) -> Response:
    return calendar_file(desk, read_own_place(desk, token))


@router.get("/badge.pdf")
def download_badge(token: str, desk: AtDesk, site: OnSite) -> Response:
    return badge_file(desk, site, read_own_place(desk, token))


def calendar_file(desk: Desk, own: OwnPlace) -> Response:
    content = published(_place(desk, own), now(), sessions_of(own.conference))
    return _file(content, "text/calendar; charset=utf-8", own, "ics")


def badge_file(desk: Desk, site: Site, own: OwnPlace) -> Response:
    language = site.languages[own.record.locale]
    return _file(badge_pdf(_place(desk, own), language), "application/pdf", own, "pdf")


def _place(desk: Desk, own: OwnPlace) -> Place:
    if own.record.status == "cancelled":
        raise RegistrationCancelled
    if own.conference.stage == "cancelled":
        raise ConferenceCancelled
    return place(Place, own.record, own.conference, own.seats, desk.links)


def _file(content: bytes, media_type: str, own: OwnPlace, extension: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{own.conference.slug}.{extension}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)

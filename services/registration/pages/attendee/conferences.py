"""The conferences, and the programme of each."""

from fastapi import APIRouter, Request, Response

from services.registration.pages.at_desk import AtDesk
from services.registration.pages.public_day import PublicDay
from services.registration.pages.timetable import rows_of
from services.registration.programme.programmes import load_all
from services.registration.programme.retention import kept_until
from shared.base.clock import now
from shared.pages.visit import OnSite

router = APIRouter()

REVALIDATED = "no-cache"


@router.get("/")
def show_conferences(request: Request, desk: AtDesk, site: OnSite) -> Response:
    with desk.database.read() as connection:
        days = [day for day in load_all(connection) if day.stage != "draft"]
    moment = now()
    return site.page(
        request,
        "attendee/conferences.html",
        cache=REVALIDATED,
        coming=[day for day in reversed(days) if day.last_ends_at >= moment],
        past=[day for day in days if day.last_ends_at < moment],
        now=moment,
    )


@router.get("/c/{slug}/privacy")
def show_privacy(conference: PublicDay, request: Request, desk: AtDesk, site: OnSite) -> Response:
    return site.page(
        request,
        "attendee/privacy.html",
        cache="no-store" if conference.stage == "draft" else REVALIDATED,
        conference=conference,
        months=conference.retention_months or desk.retention_months,
        until=kept_until(conference, desk.retention_months),
        contact=conference.data_contact or conference.contact_email,
    )


@router.get("/c/{slug}")
def show_programme(conference: PublicDay, request: Request, site: OnSite) -> Response:
    draft = conference.stage == "draft"
    return site.page(
        request,
        "attendee/programme.html",
        cache="no-store" if draft else REVALIDATED,
        conference=conference,
        rows=rows_of(conference.sessions),
        state=conference.state(now()),
        begun=conference.begun(now()),
    )

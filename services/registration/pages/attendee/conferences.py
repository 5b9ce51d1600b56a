"""The conferences, and the programme of each."""

from fastapi import APIRouter, Request, Response

from services.registration.base.refusals import NotFound
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.attendee.day_calendar import day_calendar
from services.registration.pages.attendee.share_card import draw
from services.registration.pages.attendee.shareable import card_of, shareable
from services.registration.pages.public_day import PublicDay
from services.registration.pages.timetable import rows_of
from services.registration.programme.programmes import load_all
from services.registration.programme.retention import evidence_until, kept_until
from shared.base.clock import now
from shared.http.for_everybody import REVALIDATED, for_everybody
from shared.pages.assets import BRIEFLY, FOREVER
from shared.pages.visit import OnSite

router = APIRouter()


@router.get("/", dependencies=[for_everybody])
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


@router.get("/c/{slug}/privacy", dependencies=[for_everybody])
def show_privacy(conference: PublicDay, request: Request, desk: AtDesk, site: OnSite) -> Response:
    with desk.database.read() as connection:
        evidence = evidence_until(connection, conference)
    return site.page(
        request,
        "attendee/privacy.html",
        cache="no-store" if conference.stage == "draft" else REVALIDATED,
        conference=conference,
        months=conference.retention_months or desk.retention_months,
        until=kept_until(conference, desk.retention_months, evidence),
        evidence=evidence,
        contact=conference.data_contact or conference.contact_email,
    )


@router.get("/c/{slug}", dependencies=[for_everybody])
def show_programme(conference: PublicDay, request: Request, desk: AtDesk, site: OnSite) -> Response:
    draft = conference.stage == "draft"
    return site.page(
        request,
        "attendee/programme.html",
        cache="no-store" if draft else REVALIDATED,
        conference=conference,
        rows=rows_of(conference.sessions),
        state=conference.state(now()),
        begun=conference.begun(now()),
        sharing=shareable(conference, desk.links, site.language(request), now()),
    )


@router.get("/c/{slug}/calendar.ics", dependencies=[for_everybody])
def download_day(conference: PublicDay, desk: AtDesk) -> Response:
    return Response(
        day_calendar(conference, desk.links, now()),
        media_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{conference.slug}.ics"',
            "Cache-Control": "no-store" if conference.stage == "draft" else REVALIDATED,
        },
    )


@router.get("/c/{slug}/card-{code}.png", dependencies=[for_everybody])
def serve_card(conference: PublicDay, code: str, site: OnSite, v: int = 0) -> Response:
    """The picture beside a shared link, in a language; `v` is the version of the programme."""
    if code not in site.languages.known:
        raise NotFound
    card = card_of(conference, site.languages[code])
    cache = FOREVER if v == conference.version else BRIEFLY
    if conference.stage == "draft":
        cache = "no-store"
    content = draw(card, site.assets.content("spectral-600.woff2"))
    return Response(content, media_type="image/png", headers={"Cache-Control": cache})

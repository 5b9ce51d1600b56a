"""What the door's page keeps on a device so that it works without a network, and sends later."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.registration.access.sign_ins import LASTS
from services.registration.base.moments import Moment
from services.registration.day.attendance import opening_hours
from services.registration.day.door_list import read_counts, read_door_list
from services.registration.day.presence import Direction
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.door.scanning import Outcome, scan_at
from services.registration.pages.door.sheet import stand
from services.registration.pages.signed_in import Scanning
from services.registration.programme.programmes import load_conference
from shared.base.clock import now
from shared.pages.offline import home_screen, page_worker
from shared.pages.visit import OnSite

router = APIRouter(prefix="/checkin")

OF_THE_PAGE = (
    "emarge.css",
    "forms-and-tables.css",
    "programme.css",
    "door.css",
    "print.css",
    "icon.svg",
    "spectral-600.woff2",
    "vendor/qr-0.7.0.js",
)
MOST_SCANS = 100


class SentScan(BaseModel):
    """One passage, when it happened; `let_in` when the person has passed already."""

    id: Annotated[str, Field(max_length=40)]
    code: Annotated[str, Field(max_length=40)]
    door: Annotated[str, Field(max_length=80)] = ""
    direction: Direction = "in"
    at: Moment
    let_in: bool = False


class SentScans(BaseModel):
    scans: Annotated[list[SentScan], Field(max_length=MOST_SCANS)]


@router.get("/worker.js")
def serve_worker(site: OnSite) -> Response:
    """The service worker; a changed asset changes it, and it then fetches what is new."""
    names = [*OF_THE_PAGE, *site.assets.under("door/")]
    return page_worker(site, names, cache="emarge-door", page="^/checkin/[^/]+$")


@router.get("/{slug}/manifest.webmanifest")
def serve_manifest(slug: str, desk: AtDesk, site: OnSite) -> Response:
    """Lets the door be put on the home screen."""
    conference = desk.programmes.known(slug)
    start = f"/checkin/{conference.slug}"
    return home_screen(site, conference.title, start, "/checkin/", lang=conference.language)


@router.get("/{slug}/list.json")
def send_list(slug: str, desk: AtDesk, who: Scanning) -> Response:
    """Whom the door expects; nobody any more once the day is closed for its keys. `until` is when
    a device must have forgotten it."""
    with desk.database.read() as connection:
        conference = load_conference(connection, slug)
        people = read_door_list(connection, conference)
        counts = read_counts(connection, conference)
    opens, closes = opening_hours(conference)
    until = min(closes, now() + LASTS)
    answer = {
        "as_of": now().isoformat(),
        "opens": opens.isoformat(),
        "closes": closes.isoformat(),
        "until": until.isoformat(),
        "workshops": [
            {
                "slug": session.slug,
                "starts_at": session.starts_at.isoformat(),
                "ends_at": session.ends_at.isoformat(),
                "is_workshop": session.is_workshop,
            }
            for session in conference.sessions
            if session.is_chosen
        ],
        "counts": {door: asdict(count) for door, count in counts.items()},
        "people": people if now() < until and who.may("check in", slug) else [],
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.post("/{slug}/scans")
def receive_scans(slug: str, body: SentScans, desk: AtDesk, who: Scanning) -> Response:
    """Scans of this moment, or of when there was no network: what became of each."""
    conference = desk.programmes.known(slug)
    answers = []
    for sent in body.scans:
        here = stand(conference, sent.door, sent.direction)
        outcome = scan_at(desk, slug, sent.code, here, who.at_door, let_in=sent.let_in, at=sent.at)
        answers.append({"id": sent.id, **told(outcome)})
    return JSONResponse({"now": now().isoformat(), "answers": answers})


def told(outcome: Outcome) -> dict[str, Any]:
    record = outcome.record
    return {
        "kind": outcome.kind,
        "code": record.code if record else "",
        "name": record.name if record else "",
        "organisation": (record.organisation or "") if record else "",
        "workshops": [session.slug for session in outcome.workshops],
        "since": outcome.since.isoformat(timespec="milliseconds") if outcome.since else None,
        "expected": outcome.expected,
        "rank": outcome.rank,
        "may_let_in": outcome.may_let_in,
    }

"""Badges to print before the day: choose the labels, then take them a file at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.registration.base.refusals import NotFound
from services.registration.day.badge_sheets import (
    FORMATS,
    IN_A_FILE,
    badge_sheets,
    people_with_badges,
    read_badges,
)
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.signed_in import Organiser
from services.registration.people.exports import Export, note_export
from shared.pages.visit import OnSite

router = APIRouter(prefix="/organiser/{slug}")


@dataclass(frozen=True)
class Part:
    """One file: from which name to which."""

    number: int
    first: str
    last: str
    count: int


@router.get("/badges")
def choose_labels(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Organiser,
    labels: str = "80x50",
    since: str = "",
) -> Response:
    conference = desk.programmes.known(slug)
    with desk.database.read() as connection:
        people = people_with_badges(connection, conference, _day(since))
    parts = []
    for number, start in enumerate(range(0, len(people), IN_A_FILE), start=1):
        some = people[start : start + IN_A_FILE]
        parts.append(Part(number, some[0].last_name, some[-1].last_name, len(some)))
    return site.page(
        request,
        "organiser/badges.html",
        who=who,
        conference=conference,
        formats=FORMATS,
        labels=labels if labels in FORMATS else "80x50",
        since=since if _day(since) else "",
        parts=parts,
        count=len(people),
    )


@router.get("/badges.pdf")
def print_badges(
    slug: str,
    desk: AtDesk,
    who: Organiser,
    labels: str,
    part: Annotated[int, Query(ge=1, le=10_000)] = 1,
    since: str = "",
) -> Response:
    conference = desk.programmes.known(slug)
    if labels not in FORMATS:
        raise NotFound
    start = (part - 1) * IN_A_FILE
    with desk.database.read() as connection:
        people = people_with_badges(connection, conference, _day(since))
        badges = read_badges(connection, conference, people[start : start + IN_A_FILE])
    if not badges:
        raise NotFound
    note_export(desk.database, conference, Export("badges", "pdf", len(badges)), who.actor)
    return Response(
        badge_sheets(conference, badges, FORMATS[labels]),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{slug}-badges-{labels}-{part}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

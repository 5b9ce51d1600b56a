"""The day in charts: how registrations came, who was there when. They print."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.registration.day.charts import presence_by_half_hour, registrations_over_time
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.signed_in import Viewer
from shared.pages.visit import OnSite

router = APIRouter(prefix="/organiser/{slug}/charts")

WIDTH, HEIGHT = 720, 220
LABELS = 9  # as many as fit below a chart on a phone


@dataclass(frozen=True)
class Bar:
    """A bar in the chart's own units, and what it stands for."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    labelled: bool


@router.get("")
def show_charts(slug: str, request: Request, desk: AtDesk, site: OnSite, who: Viewer) -> Response:
    conference = desk.programmes.fresh(slug)
    language = site.language(request)
    with desk.database.read() as connection:
        came = registrations_over_time(connection, conference)
        inside = presence_by_half_hour(connection, conference)
    return site.page(
        request,
        "organiser/charts.html",
        who=who,
        conference=conference,
        came=came,
        came_bars=bars([(language.short_date(day), count) for day, count in came.bars]),
        inside_bars=bars(
            [(language.time(moment, conference.timezone), count) for moment, count in inside]
        ),
        most_inside=max((count for _, count in inside), default=0),
        width=WIDTH,
        height=HEIGHT,
    )


def bars(series: Sequence[tuple[str, int]]) -> list[Bar]:
    """The series drawn over the width of the chart, the highest bar over its height."""
    if not series:
        return []
    most = max(1, *(value for _, value in series))
    step = WIDTH / len(series)
    every = -(-len(series) // LABELS)
    gap = min(step * 0.2, 6)
    return [
        Bar(
            label,
            value,
            x=round(place * step + gap / 2, 2),
            y=round(HEIGHT * (1 - value / most), 2),
            width=round(min(step - gap, 60), 2),
            height=round(HEIGHT * value / most, 2),
            labelled=place % every == 0,
        )
        for place, (label, value) in enumerate(series)
    ]

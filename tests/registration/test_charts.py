"""How a day fills: registrations by day or week, people inside by half-hour."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal

from sqlalchemy import update

from services.registration.base import tables
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.charts import (
    DAYS_BY_DAY,
    presence_by_half_hour,
    registrations_over_time,
)
from services.registration.desk import Desk
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone

YESTERDAY = now().date() - timedelta(days=1)


def came_on(desk: Desk, registration_id: str, moment: datetime) -> None:
    with desk.database.begin() as connection:
        connection.execute(
            update(tables.Registration)
            .where(tables.Registration.id == registration_id)
            .values(created_at=moment)
        )


def series(desk: Desk):
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        return registrations_over_time(connection, conference)


def test_registrations_are_counted_by_the_day_of_the_place(desk: Desk, open_day) -> None:
    open_day(5, 5)
    assert series(desk).bars == []
    people = [register(desk, "day", someone(number, "a")) for number in range(4)]
    # Half past eleven in the evening at Greenwich is the next day in Paris.
    came_on(desk, people[0].id, datetime(2026, 3, 1, 10, tzinfo=UTC))
    came_on(desk, people[1].id, datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    came_on(desk, people[2].id, datetime(2026, 3, 4, 10, tzinfo=UTC))
    cancel(desk, people[3].id)
    found = series(desk)
    assert [(day.day, count) for day, count in found.bars] == [(1, 1), (2, 1), (3, 0), (4, 1)]
    assert (found.by_week, found.total) == (False, 3)


def test_a_long_time_is_counted_by_week(desk: Desk, open_day) -> None:
    open_day(5, 5)
    first, last = (register(desk, "day", someone(number, "a")) for number in range(2))
    came_on(desk, first.id, datetime(2026, 1, 7, 12, tzinfo=UTC))  # a Wednesday
    came_on(desk, last.id, datetime(2026, 1, 7, 12, tzinfo=UTC) + timedelta(DAYS_BY_DAY))
    found = series(desk)
    assert found.by_week
    assert (found.bars[0][0].isoformat(), found.bars[0][1]) == ("2026-01-05", 1)
    assert (found.bars[-1][1], found.total) == (1, 2)


def test_people_are_inside_from_scan_to_scan(desk: Desk, open_day) -> None:
    open_day(5, 5)
    codes = [register(desk, "day", someone(number, "a")).code for number in range(2)]
    conference = open_day(5, 5, on=YESTERDAY)

    def scan(code: str, direction: Literal["in", "out"], hour: int, minute: int) -> None:
        at = datetime.combine(YESTERDAY, time(hour, minute), conference.zone)
        pass_door(desk, "day", Passage(code, direction, None, at))

    scan(codes[0], "in", 9, 10)
    scan(codes[0], "out", 11, 0)
    scan(codes[1], "in", 10, 30)
    with desk.database.read() as connection:
        found = presence_by_half_hour(connection, conference)
    counts = {moment.astimezone(conference.zone).strftime("%H:%M"): n for moment, n in found}
    assert list(counts.items())[:5] == [
        ("09:00", 0),
        ("09:30", 1),
        ("10:00", 1),
        ("10:30", 2),
        ("11:00", 1),
    ]
    assert found[-1][1] == 0  # the party is over

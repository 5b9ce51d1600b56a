"""Closing the day: whom it counts, and what ends with it."""

from services.registration.day.closing import close_day, preview
from services.registration.desk import Desk
from services.registration.people.erasing import erase
from services.registration.seats.lapsing import lapse_page
from shared.bus.inbox import JobRow
from shared.events.registration import RegistrationChanged
from tests.registration.asking import ANN, join, seats, status, told
from tests.registration.doors import come


def foreseen(desk: Desk):
    day = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        return preview(connection, day)


def test_who_is_erased_is_not_certified_nor_counted_as_such(desk: Desk, open_day, at) -> None:
    open_day(2)
    people = [join(desk, n, "a") for n in (1, 2)]
    at(10)
    for each in people:
        come(desk, each)
    erase(desk, people[0])
    at(12)
    before = foreseen(desk)
    assert (before.present, before.certified, before.mailed) == (2, 1, 1)
    assert close_day(desk, "day", ANN) == 1


def test_who_stayed_for_no_minute_of_what_counts_awaits_no_certificate(
    desk: Desk, open_day, at
) -> None:
    """The day's rule asks for no minutes: it still gives nothing for none."""
    open_day(2)
    person = join(desk, 1, "a")
    at(14.5)
    come(desk, person)  # the workshop is over
    assert foreseen(desk).certified == 0
    assert close_day(desk, "day", ANN) == 0


def test_a_waitlist_ends_with_the_day_and_nobody_is_written_to(desk: Desk, open_day, at) -> None:
    open_day(1)
    join(desk, 1, "a")
    waiting = join(desk, 2, "a", waitlist=True)
    at(1)
    close_day(desk, "day", ANN)
    assert lapse_page(desk, "day") is False
    assert (seats(desk, waiting), status(desk, waiting)) == ({}, "waitlisted")
    assert desk.programmes.fresh("day").by_slug["a"].waiting == 0
    event = told(desk, RegistrationChanged)[-1]
    assert (event.lapsed, event.tell) == (("a",), "nothing")


def test_closing_has_the_worker_end_the_waitlists(desk: Desk, open_day, at) -> None:
    open_day(1)
    moment = at(1)
    close_day(desk, "day", ANN)
    with desk.database.read() as connection:
        timers = connection.execute(JobRow.__table__.select()).mappings().all()
    ends = [t for t in timers if "waiting" in t["type"]]
    assert moment in [each["next_at"] for each in ends]

"""Many at once on real connections: never one seat too many, and a waitlist in one order."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from services.registration.base import tables
from services.registration.base.refusals import AlreadyRegistered, Refusal, SessionFull
from services.registration.desk import Desk
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent

CLIENTS = 16


def test_400_at_once_for_50_seats(desk: Desk, open_day) -> None:
    open_day(50)
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(
            clients.map(lambda n: register(desk, "day", someone(n, "a", waitlist=True)), range(400))
        )
    assert Counter(answer.status for answer in answers) == {"confirmed": 50, "waitlisted": 350}
    with desk.database.read() as connection:
        a = connection.execute(select(tables.Session).where(tables.Session.slug == "a")).one()
        assert (a.taken, a.waiting, a.last_ticket) == (50, 350, 350)
        tickets = connection.execute(
            select(tables.Seat.ticket).where(tables.Seat.state == "waiting")
        ).scalars()
        assert sorted(ticket or 0 for ticket in tickets) == list(range(1, 351))
        assert_consistent(connection)


def test_without_waiting_the_others_are_told_that_it_is_full(desk: Desk, open_day) -> None:
    open_day(20)

    def outcome(number: int) -> str:
        try:
            return register(desk, "day", someone(number, "a")).status
        except SessionFull as refusal:
            return refusal.code

    with ThreadPoolExecutor(CLIENTS) as clients:
        outcomes = Counter(clients.map(outcome, range(120)))
    assert outcomes == {"confirmed": 20, "session-full": 100}
    with desk.database.read() as connection:
        registered = select(func.count()).select_from(tables.Registration)
        assert connection.execute(registered).scalar_one() == 20
        assert_consistent(connection)


def test_one_address_registers_once(desk: Desk, open_day) -> None:
    open_day(50)

    def outcome(_: int) -> str:
        try:
            return register(desk, "day", someone(1, "a")).status
        except AlreadyRegistered as refusal:
            return refusal.code

    with ThreadPoolExecutor(CLIENTS) as clients:
        outcomes = Counter(clients.map(outcome, range(40)))
    assert outcomes == {"confirmed": 1, "already-registered": 39}
    with desk.database.read() as connection:
        assert_consistent(connection)


def test_concurrent_repetitions_of_a_request_get_one_answer(desk: Desk, open_day) -> None:
    open_day(50)
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(
            clients.map(lambda _: register(desk, "day", someone(1, "a", key="once")), range(40))
        )
    assert len({answer.id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1


def test_everybody_changes_their_mind_at_once(desk: Desk, open_day) -> None:
    open_day(10, 10, 10)
    names = "abc"
    people = [register(desk, "day", someone(n, names[n % 3], waitlist=True)).id for n in range(60)]

    def act(number: int) -> None:
        chance = random.Random(number)
        person = chance.choice(people)
        try:
            if chance.random() < 0.3:
                cancel(desk, person)
            elif chance.random() < 0.5:
                wanted = Change(
                    [chance.choice(names), "lunch"][: chance.randint(1, 2)], waitlist=True
                )
                change(desk, person, wanted)
            else:
                register(desk, "day", someone(1000 + number, chance.choice(names), waitlist=True))
        except Refusal:
            pass  # someone else was quicker; what counts is what is left

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(act, range(150)))
    with desk.database.read() as connection:
        assert_consistent(connection)

"""Two doors of a workshop, and what stands before them."""

from services.registration.day.attendance import Passage, scan
from services.registration.day.door_line import read_chairs
from services.registration.day.freeing import Place
from services.registration.desk import Desk
from services.registration.history.acts import Actor, history
from services.registration.seats.records import read_record
from tests.registration.asking import join

ONE, TWO = Actor("door", "Door 1"), Actor("door", "Door 2")
A, A2 = Place("day", "a", ONE), Place("day", "a", TWO)


def code(desk: Desk, registration_id: str) -> str:
    with desk.database.read() as connection:
        return read_record(connection, registration_id).code


def chairs(desk: Desk, session: str = "a"):
    day = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        return read_chairs(connection, day, day.by_slug[session])


def passer_by(desk: Desk, number: int) -> str:
    """Somebody whose day has begun without a workshop."""
    return join(desk, number, "party", by_staff=True)


def line(desk: Desk) -> list[str]:
    return [each.registration_id for each in chairs(desk).line]


def come(desk: Desk, registration_id: str, *, let_in: bool = False, **when):
    passage = Passage(code(desk, registration_id), "in", "a", let_in=let_in, actor=ONE, **when)
    return scan(desk, "day", passage).verdict


def last_act(desk: Desk, registration_id: str) -> tuple[str, str]:
    with desk.database.read() as connection:
        act = history(connection, registration_id=registration_id)[0]
    return act["what"], act["actor"]["name"]

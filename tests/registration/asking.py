"""What a test of seats asks: registering, saving a programme, and how somebody stands."""

from services.registration.desk import Desk
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor
from services.registration.programme.document import parse_programme
from services.registration.seats.records import read_record, read_seats
from services.registration.seats.registering import register
from shared.bus import eventlog
from shared.events import Event
from tests.registration.days import IN_THREE_WEEKS, someone
from tests.registration.invariants import assert_consistent

ANN = Actor("organiser", "ann@example.org")


def save(desk: Desk, text: str, *, on=IN_THREE_WEEKS, tell: bool = False) -> None:
    save_programme(desk, parse_programme(text, on=on), Saving(ANN, tell=tell))


def seats(desk: Desk, registration_id: str) -> dict[str, str]:
    with desk.database.read() as connection:
        assert_consistent(connection, overlaps=True)
        found = read_seats(connection, desk.programmes.fresh("day"), registration_id)
    return {seat.session.slug: seat.state for seat in found}


def status(desk: Desk, registration_id: str) -> str:
    with desk.database.read() as connection:
        return read_record(connection, registration_id).status


def told(desk: Desk, kind):
    page = eventlog.page(desk.database, 0)
    return [
        Event[kind].model_validate_json(event).data
        for event in page.events
        if f'"type":"{kind.type}"' in event
    ]


def join(desk: Desk, number: int, *sessions: str, **options) -> str:
    return register(desk, "day", someone(number, *sessions, **options)).id

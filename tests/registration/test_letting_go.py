"""A place waits so long for its address to be confirmed, then it goes to the next."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.registration.base.links import Opens
from services.registration.base.person import PersonChange
from services.registration.base.timers import LetGo
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.people.confirming import confirm_address
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.personal_data import personal_data
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import cancel
from services.registration.seats.letting_go import let_go
from services.registration.seats.records import Record, read_record
from services.registration.seats.registering import register
from services.registration.seats.restoring import restore
from shared.base.clock import now
from shared.bus.inbox import JobRow
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.told import ORGANISER, acts, events

WITHIN = timedelta(minutes=30)


def ask(desk: Desk, minutes: int = 30) -> None:
    text = programme_text(1, 5).replace(
        "sessions:", f"registration: {{confirm_within: {minutes}}}\nsessions:", 1
    )
    import_programme(desk, parse_programme(text, on=IN_THREE_WEEKS))


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> "Asked":
    ask(desk)
    return Asked(desk, monkeypatch)


class Asked:
    """A day that asks for it, with a clock that can be put forward."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self._monkeypatch = desk, monkeypatch

    def after(self, time: timedelta) -> None:
        moment = (now() + time).timestamp()
        self._monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: moment)

    def read(self, registration_id: str) -> Record:
        with self.desk.database.read() as connection:
            return read_record(connection, registration_id)

    def open_link(self, registration_id: str) -> None:
        generation = self.read(registration_id).link_generation
        confirm_address(self.desk, Opens(registration_id, generation, emailed=True))


def timers(desk: Desk) -> list[datetime]:
    due = select(JobRow.next_at).where(JobRow.type == LetGo.type).order_by(JobRow.next_at)
    with desk.database.read() as connection:
        return list(connection.execute(due).scalars())


def test_it_goes_to_the_next_and_both_are_told(asked: Asked, desk: Desk) -> None:
    first = register(desk, "day", someone(1, "a"))
    assert timers(desk) == [asked.read(first.id).confirm_by]
    assert events(desk)[-1]["data"]["confirm_by"]
    second = register(desk, "day", someone(2, "a", waitlist=True))
    asked.open_link(second.id)
    assert not let_go(desk, first.id), "there is time left"
    asked.after(WITHIN)
    assert let_go(desk, first.id)
    told = {e["type"]: e["data"] for e in events(desk)[-2:]}
    assert told["registration.cancelled"]["why"] == "not-confirmed"
    assert told["registration.promoted"]["registration_id"] == second.id
    assert asked.read(first.id).status == "cancelled"
    assert not let_go(desk, first.id)
    [act] = acts(desk, first.id)
    assert (act["what"], act["actor"]["kind"]) == ("registration.cancelled", "system")
    until = asked.read(first.id).confirm_by
    assert until
    assert act["before"]["confirm_by"] == until.isoformat()


def test_when_the_time_ran_out_is_known_until_the_person_is_erased(
    asked: Asked, desk: Desk
) -> None:
    mine = register(desk, "day", someone(1, "a"))
    until = asked.read(mine.id).confirm_by
    assert until
    asked.after(WITHIN)
    let_go(desk, mine.id)
    assert personal_data(desk, mine.id)["registration"]["confirm_by"] == until.isoformat()
    erase(desk, mine.id)
    assert asked.read(mine.id).confirm_by is None


def test_one_that_is_confirmed_stays(asked: Asked, desk: Desk) -> None:
    mine = register(desk, "day", someone(1, "a"))
    asked.open_link(mine.id)
    asked.after(2 * WITHIN)
    assert not let_go(desk, mine.id)
    assert asked.read(mine.id).status == "confirmed"


def test_one_link_confirms_all_of_its_address(asked: Asked, desk: Desk) -> None:
    mine, other = (register(desk, "day", someone(number, "b")) for number in (1, 2))
    named = PersonChange(email="Z1@example.org", first_name="Ali")
    correct(desk, other.id, Correction(named))
    asked.open_link(mine.id)
    asked.after(2 * WITHIN)
    assert not let_go(desk, other.id)


def test_whom_an_organiser_registers_or_corrects_is_not_asked(asked: Asked, desk: Desk) -> None:
    imported = register(desk, "day", someone(1, "b", by_staff=True))
    mine = register(desk, "day", someone(2, "b"))
    right = Correction(PersonChange(email="right@example.org"))
    correct(desk, mine.id, right, ORGANISER)
    asked.after(2 * WITHIN)
    assert not let_go(desk, imported.id)
    assert not let_go(desk, mine.id)


def test_another_address_has_its_own_time(asked: Asked, desk: Desk) -> None:
    mine = register(desk, "day", someone(1, "a"))
    asked.after(WITHIN / 2)
    correct(desk, mine.id, Correction(PersonChange(email="right@example.org")))
    assert len(timers(desk)) == 2
    asked.after(WITHIN / 2)
    assert not let_go(desk, mine.id)
    asked.after(WITHIN)
    assert let_go(desk, mine.id)


def test_nobody_takes_it_again_for_good_but_by_the_link(asked: Asked, desk: Desk) -> None:
    mine = register(desk, "day", someone(1, "a"))
    asked.after(WITHIN)
    let_go(desk, mine.id)
    again = restore(desk, mine.id)
    assert again.to_confirm_by == now() + WITHIN
    asked.after(WITHIN)
    assert let_go(desk, mine.id)
    asked.open_link(mine.id)  # late
    assert restore(desk, mine.id).to_confirm_by is None


def test_who_cancels_was_not_late(asked: Asked, desk: Desk) -> None:
    mine = register(desk, "day", someone(1, "a"))
    cancel(desk, mine.id)
    assert asked.read(mine.id).let_go_at is None


@pytest.mark.parametrize("why", ["no longer asked", "the day has begun"])
def test_nobody_loses_it_when(why: str, asked: Asked, desk: Desk) -> None:
    mine = register(desk, "day", someone(1, "a"))
    if why == "no longer asked":
        ask(desk, 0)
        asked.after(WITHIN)
    else:
        asked.after(timedelta(weeks=4))
    assert not let_go(desk, mine.id)


def test_a_day_that_does_not_ask_keeps_them(desk: Desk, open_day) -> None:
    open_day(1)
    register(desk, "day", someone(1, "a"))
    assert timers(desk) == []
    assert events(desk)[-1]["data"]["confirm_by"] is None

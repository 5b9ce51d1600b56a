"""A day copied to another date: its programme, its dates of registration, its team; a draft."""

from datetime import timedelta

import pytest

from services.registration.access.members import give_role, members_of
from services.registration.base.refusals import AddressTaken, NotFound
from services.registration.desk import Desk
from services.registration.editing.copying import copy_day
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor, history
from services.registration.programme.document import parse_programme
from services.registration.programme.faults import InvalidProgramme
from services.registration.seats.registering import register
from shared.bus import eventlog
from shared.events import Event
from shared.events.registration import ConferenceCopied
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone

ANN = Actor("organiser", "ann@example.org")
NEXT = IN_THREE_WEEKS + timedelta(days=364)


@pytest.fixture
def day(desk: Desk) -> str:
    text = programme_text(1, 2).replace(
        "sessions:\n", "registration: {closes_at: 2019-11-05T18:00}\nsessions:\n"
    )
    save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving(ANN))
    register(desk, "day", someone(1, "a"))
    with desk.database.begin() as connection:
        give_role(desk, connection, desk.programmes.known("day").id, "bob@example.org", "organiser")
    return "day"


def test_programme_dates_and_team_go_along_as_a_draft(desk: Desk, day: str) -> None:
    copy = copy_day(desk, day, "day-next", NEXT, ANN)
    was = desk.programmes.fresh(day)
    assert (copy.stage, copy.date) == ("draft", NEXT)
    assert copy.closes_at.astimezone(copy.zone).date() == NEXT - timedelta(days=2)
    assert [(s.slug, s.capacity, s.taken) for s in copy.sessions] == [
        (s.slug, s.capacity, 0) for s in was.sessions
    ]
    with desk.database.read() as connection:
        assert [member.email for member in members_of(connection, copy.id)] == ["bob@example.org"]
        [act] = history(connection, conference_id=copy.id)
    assert (act["what"], act["before"]) == ("programme.copied", {"from": "day"})


def test_the_other_services_are_told_once_what_it_was_made_of(desk: Desk, day: str) -> None:
    copy_day(desk, day, "day-next", NEXT, ANN)
    events = eventlog.page(desk.database, 0).events
    [said] = [event for event in events if '"type":"conference.copied"' in event]
    copied = Event[ConferenceCopied].model_validate_json(said).data
    assert (copied.conference, copied.copied_from) == ("day-next", "day")


def test_an_address_that_is_taken_or_malformed_is_refused(desk: Desk, day: str) -> None:
    with pytest.raises(AddressTaken):
        copy_day(desk, day, "day", NEXT, ANN)
    with pytest.raises(InvalidProgramme):
        copy_day(desk, day, "Next Day!", NEXT, ANN)
    with pytest.raises(NotFound):
        copy_day(desk, "other", "day-next", NEXT, ANN)
    with pytest.raises(NotFound):
        desk.programmes.fresh("day-next")

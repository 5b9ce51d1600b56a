"""A speaker who is forgotten is in nothing that registration keeps."""

import pytest
from sqlalchemy import select

from services.registration.base.refusals import NotFound
from services.registration.day.closing import close_as_timed, close_day
from services.registration.day.speakers import certify_speakers
from services.registration.desk import Desk
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.speakers import erase_speaker
from services.registration.history.acts import Actor, history
from services.registration.programme.document import parse_programme
from shared.base.clock import now
from shared.bus.logged import LoggedEvent
from shared.events.registration import SpeakerErased
from shared.events.speakers import speaker_id
from tests.registration.days import programme_text
from tests.registration.test_day_itself import events

ANN = Actor("organiser", "ann@example.org")
GRACE, ADA = "Grace Hopper-Brewster", "Ada Lovelace"


def day_with(*speakers: str) -> str:
    names = ", ".join(f"{{name: {name}, title: Rear admiral}}" for name in speakers)
    return programme_text(1, 2).replace("title: Opening,", f"title: Opening, speakers: [{names}],")


def everything(desk: Desk) -> str:
    """All rows of all tables."""
    with desk.database.read() as connection:
        names = connection.exec_driver_sql(_TABLES[connection.dialect.name]).scalars().all()
        rows = [
            tuple(row)  # a row's own words are cut short
            for name in names
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608  the database's own names
        ]
    return repr(rows)


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


@pytest.fixture(autouse=True)
def _day(desk: Desk) -> None:
    for speakers in ([ADA], [GRACE, ADA], [GRACE, ADA, "Third"]):
        save_programme(desk, parse_programme(day_with(*speakers), on=now().date()), Saving(ANN))


def test_a_speaker_goes_from_all_that_the_programme_ever_was(desk: Desk) -> None:
    assert "Brewster" in everything(desk)
    erase_speaker(desk, "day", f"  {GRACE} ", ANN)
    kept = everything(desk)
    assert "Brewster" not in kept
    assert ADA in kept
    [opening, *_] = desk.programmes.fresh("day").sessions
    assert [speaker.name for speaker in opening.speakers] == [ADA, "Third"]
    [event] = events(desk, SpeakerErased.type)
    assert event["subject"] == str(speaker_id("day", GRACE))


def test_other_days_and_who_did_it_stay(desk: Desk) -> None:
    other = day_with(GRACE).replace("slug: day", "slug: other")
    save_programme(desk, parse_programme(other), Saving(ANN))
    erase_speaker(desk, "day", GRACE, ANN)
    assert "Brewster" in repr(desk.programmes.fresh("other"))
    with desk.database.read() as connection:
        acts = history(connection, conference_id=desk.programmes.fresh("day").id)
    assert (acts[0]["what"], acts[0]["actor"]["name"]) == ("speaker.erased", ANN.name)


def test_what_was_certified_of_them_goes(desk: Desk) -> None:
    close_day(desk, "day")
    closed = close_as_timed(desk, "day")
    with desk.database.begin() as connection:
        certify_speakers(desk, connection, closed)
    assert "Brewster" in everything(desk)
    erase_speaker(desk, "day", GRACE, ANN)
    assert "Brewster" not in everything(desk)


def test_a_name_that_was_never_there_is_refused(desk: Desk) -> None:
    with desk.database.read() as connection:
        before = connection.execute(select(LoggedEvent.number)).all()
    with pytest.raises(NotFound):
        erase_speaker(desk, "day", "Nobody", ANN)
    with desk.database.read() as connection:
        assert connection.execute(select(LoggedEvent.number)).all() == before

"""The people of a day go by themselves when their time is over; how many they were stays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.registration.access.organisers import invite
from services.registration.access.tokens import NewToken, TokenRole, create_token, revoke_number
from services.registration.base import tables
from services.registration.day.closing import close_day
from services.registration.day.headcounts import count
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.history.acts import SYSTEM, history
from services.registration.people.erasing import erase
from services.registration.people.retention import (
    TOLD_BEFORE,
    keep_evidence,
    look,
    purge,
    read_kept,
)
from services.registration.programme.document import parse_programme
from services.registration.programme.export import programme_yaml
from services.registration.programme.retention import kept_until
from services.registration.seats.registering import register
from services.registration.service import open_resources, service
from shared.base import clock
from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.events.certificates import RealisationChanged
from shared.testing import drain
from tests.registration.days import programme_text, someone
from tests.registration.test_day_itself import events

NAMES = select(tables.Registration.last_name).order_by(tables.Registration.id)


@pytest.fixture
def people(desk: Desk, open_day):
    """Two, whose day was held and closed."""
    open_day(2, 2)
    answers = [register(desk, "day", someone(n, "a")) for n in range(2)]
    open_day(2, 2, on=now().date() - timedelta(days=1))
    close_day(desk, "day")
    return answers


def set_date(desk: Desk, day: date, told: datetime | None = None) -> None:
    """As if the day had been then, and its organisers told of it then."""
    with desk.database.begin() as connection:
        connection.execute(
            update(tables.Conference).values(
                date=day, retention_told_at=told, version=tables.Conference.version + 1
            )
        )


def names(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        return list(connection.execute(NAMES).scalars())


def without_position(counts: Any) -> Any:
    if isinstance(counts, dict):
        return {k: without_position(v) for k, v in counts.items() if k != "as_of"}
    return [without_position(each) for each in counts] if isinstance(counts, list) else counts


@pytest.mark.parametrize(
    ("months", "until"),
    [(None, date(2022, 11, 7)), (1, date(2019, 12, 7)), (14, date(2021, 1, 7))],
)
def test_the_file_says_how_long(desk: Desk, months: int | None, until: date) -> None:
    privacy = f"privacy: {{retention_months: {months}, data_contact: dpo@example.org}}\n"
    written = programme_text(2) + (privacy if months else "")
    conference = import_programme(desk, parse_programme(written))
    assert kept_until(conference, 36, None) == until
    again = parse_programme(programme_yaml(conference))
    assert (again.retention_months, again.data_contact) == (
        (months, "dpo@example.org") if months else (None, "")
    )


def test_the_last_day_of_a_short_month(desk: Desk) -> None:
    written = programme_text(2).replace("2019-11-07", "2019-12-31")
    conference = import_programme(desk, parse_programme(written))
    assert kept_until(conference, 2, None) == date(2020, 2, 29)


@pytest.mark.usefixtures("people")
def test_nobody_goes_who_was_not_announced(desk: Desk) -> None:
    invite(desk, "ann@example.org")
    set_date(desk, now().date() - timedelta(days=4000))
    assert look(desk) is False
    assert "—" not in names(desk)
    [told] = events(desk, "conference.retention-ending")
    assert (told["data"]["email"], told["data"]["people"]) == ("ann@example.org", 2)
    assert told["data"]["erased_on"] == str(now().date() + TOLD_BEFORE)
    look(desk)
    assert len(events(desk, "conference.retention-ending")) == 1, "once"


@pytest.mark.usefixtures("people")
def test_whoever_was_goes_and_the_counts_stay(desk: Desk) -> None:
    told = now() - TOLD_BEFORE - timedelta(days=1)
    set_date(desk, now().date() - timedelta(days=4000), told)
    with desk.database.read() as connection:
        before = count(connection, "day")
    assert look(desk) is False
    assert names(desk) == ["—", "—"]
    assert len(events(desk, "attendee.erased")) == 2
    with desk.database.read() as connection:
        now_is = count(connection, "day")
        acts = history(connection, conference_id=1)
    assert without_position(now_is.body) == without_position(before.body)
    assert next(act for act in acts if act["what"] == "people.purged")["after"] == {"people": 2}
    assert read_kept(desk) == []


@pytest.mark.usefixtures("people")
def test_they_go_on_the_date_that_was_announced(desk: Desk, monkeypatch) -> None:
    invite(desk, "ann@example.org")
    set_date(desk, now().date() - timedelta(days=4000))
    look(desk)
    [told] = events(desk, "conference.retention-ending")
    announced = datetime.fromisoformat(told["data"]["erased_on"]).replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "epoch_seconds", (announced - timedelta(seconds=1)).timestamp)
    look(desk)
    assert "—" not in names(desk)
    monkeypatch.setattr(clock, "epoch_seconds", announced.timestamp)
    look(desk)
    assert names(desk) == ["—", "—"]


def door_keys(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        return list(connection.execute(select(tables.ApiToken.name)).scalars())


def make_keys(desk: Desk) -> None:
    keys: tuple[tuple[str, TokenRole], ...] = (
        ("Vera", "staff"),
        ("Willi", "staff"),
        ("board", "organiser"),
    )
    for name, role in keys:
        create_token(desk, NewToken(name, role, 1, now() + timedelta(days=1)))
    revoke_number(desk, "day", 2, by=SYSTEM)


@pytest.mark.usefixtures("people")
def test_whoever_held_the_doors_goes_too(desk: Desk) -> None:
    make_keys(desk)
    told = now() - TOLD_BEFORE - timedelta(days=1)
    set_date(desk, now().date() - timedelta(days=4000), told)
    assert look(desk) is False
    assert sorted(door_keys(desk)) == ["board", "—", "—"]
    with desk.database.read() as connection:
        acts = str(history(connection, conference_id=1))
    assert "board" in acts
    assert "Vera" not in acts
    assert "Willi" not in acts


def test_the_doors_of_a_day_whose_people_went_before(desk: Desk, people) -> None:
    """They erased themselves, or the purge was killed before its end."""
    make_keys(desk)
    for registration in people:
        erase(desk, registration.id)
    set_date(desk, now().date() - timedelta(days=4000))
    assert [kept.people for kept in read_kept(desk)] == [0]
    assert look(desk) is False
    assert sorted(door_keys(desk)) == ["board", "—", "—"]
    assert events(desk, "conference.retention-ending") == [], "there is nobody to lose"
    assert read_kept(desk) == []
    look(desk)
    with desk.database.read() as connection:
        acts = [act["what"] for act in history(connection, conference_id=1)]
    assert acts.count("people.purged") == 1


@pytest.mark.usefixtures("people")
def test_a_time_that_is_not_over(desk: Desk) -> None:
    set_date(desk, now().date() - timedelta(days=900), now() - timedelta(days=800))
    assert look(desk) is False
    assert "—" not in names(desk)


def test_other_months_are_announced_anew(desk: Desk, open_day) -> None:
    open_day(2)
    set_date(desk, date(2019, 11, 7), now())
    import_programme(desk, parse_programme(programme_text(2) + "privacy: {retention_months: 1}\n"))
    with desk.database.read() as connection:
        told = connection.execute(select(tables.Conference.retention_told_at)).scalar_one()
    assert told is None


@pytest.mark.usefixtures("people")
def test_it_goes_on_where_it_stopped(desk: Desk) -> None:
    [kept] = read_kept(desk)
    assert purge(desk, kept, most=1) == 1
    assert names(desk).count("—") == 1
    assert purge(desk, kept) == 1
    assert purge(desk, kept) == 0


def test_every_worker_looks_and_sets_the_next_look(desk: Desk, settings) -> None:
    resources = open_resources(settings, desk.database)
    open_resources(settings, desk.database)
    with desk.database.begin() as connection:
        connection.execute(update(JobRow).values(next_at=now()))  # the night has come
    drain(service, desk.database, resources)
    with desk.database.read() as connection:
        looks = connection.execute(
            select(JobRow.state, JobRow.next_at)
            .where(JobRow.type == "registration.look-for-past")
            .order_by(JobRow.next_at)
        ).all()
    assert [look.state for look in looks] == ["done", "waiting"]
    assert looks[1].next_at.date() == now().date() + timedelta(days=1)


def said(desk: Desk, until: date | None, revision: int = 1, *, wanted: bool = True) -> None:
    """As the certificates service says it, to the service itself."""
    data = RealisationChanged(
        conference="day",
        actor_kind="organiser",
        actor="ann@example.org",
        revision=revision,
        wanted=wanted,
        changed=("years",),
        kept_until=until,
    )
    with desk.database.begin() as connection:
        keep_evidence(connection, desk.programmes.known("day"), data)


@pytest.mark.usefixtures("people")
def test_evidence_for_funders_outlasts_what_the_day_says(desk: Desk) -> None:
    told = now() - TOLD_BEFORE - timedelta(days=1)
    set_date(desk, now().date() - timedelta(days=4000), told)
    said(desk, now().date())
    [kept] = read_kept(desk)
    assert kept.until == now().date() + timedelta(days=1), "its last day is whole"
    assert look(desk) is False
    assert names(desk) != ["—", "—"]
    with desk.database.read() as connection:
        told_at = connection.execute(select(tables.Conference.retention_told_at)).scalar_one()
        act = next(a for a in history(connection, conference_id=1) if a["what"].startswith("real"))
    assert told_at is not None
    assert told_at > told, "organisers are told anew, of the new date"
    assert (act["what"], act["actor"]["name"]) == ("realisation.changed", "ann@example.org")
    assert act["after"] == {"evidence_until": str(now().date())}


@pytest.mark.usefixtures("people")
def test_what_was_said_earlier_and_comes_late_changes_nothing(desk: Desk) -> None:
    said(desk, date(2037, 12, 31), 2)
    said(desk, date(2029, 12, 31), 1)
    said(desk, date(2037, 12, 31), 2)
    [kept] = read_kept(desk)
    assert kept.until == date(2038, 1, 1)
    said(desk, None, 3, wanted=False)
    assert read_kept(desk)[0].until < date(2038, 1, 1)
    with desk.database.read() as connection:
        acts = [act["what"] for act in history(connection, conference_id=1)]
    assert acts.count("realisation.changed") == 1
    assert acts.count("realisation.stopped") == 1

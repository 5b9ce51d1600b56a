"""Presence that an organiser writes: what it replaces, what follows, who sees it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.registration.base.refusals import DoorsClosed, NotFound, SessionInUse
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.closing import close_day
from services.registration.day.headcounts import HeadcountBoard, count
from services.registration.day.register import entry_of
from services.registration.day.tables import WrittenPresence
from services.registration.day.writing import (
    Wish,
    withdraw_presence,
    write_for_many,
    write_presence,
)
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.history.acts import Actor, history
from services.registration.people.erasing import erase
from services.registration.people.table import Filter, Presence, living_ids
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.testing import drain
from tests.registration.days import programme_text, someone
from tests.registration.test_day_itself import events

ANN = Actor("organiser", "ann@example.org")
DOOR = Actor("door", "north")
TODAY = now().date() - timedelta(days=1)  # as people at the day say; it is over


@pytest.fixture
def people(desk: Desk, open_day):
    """Two in a, one in b; the day is over and not closed."""
    open_day(2, 2)
    answers = [register(desk, "day", someone(n, s)) for n, s in enumerate("aab")]
    open_day(2, 2, on=TODAY)
    return answers


@pytest.fixture
def resources(desk: Desk, redis_url: str) -> Resources:
    return Resources(desk, HeadcountBoard(redis_url, desk.database))


def at(clock: str) -> datetime:
    return datetime.combine(TODAY, time.fromisoformat(clock), ZoneInfo("Europe/Paris"))


def scan(desk: Desk, person, clock: str, session=None, direction="in") -> None:
    pass_door(desk, "day", Passage(person.code, direction, session, at(clock), actor=DOOR))


def write(desk: Desk, person, session: str, start: str = "", end: str = "") -> None:
    times = (at(start), at(end)) if start else None
    write_presence(desk, person.id, Wish(session, times, "the paper sheet", ANN))


def rows(desk: Desk, person) -> dict[str, tuple[int, str, str]]:
    with desk.database.read() as connection:
        _, sessions = entry_of(connection, person.id)
    return {s.session.slug: (s.minutes, s.source, s.actor.name) for s in sessions}


def close(desk: Desk, resources: Resources) -> None:
    close_day(desk, "day")
    drain(service, desk.database, resources)


def certified(desk: Desk, person) -> list[tuple[int, list[str]]]:
    """Each version, and the sessions it lists; none where there is nothing to certify any more."""
    said = [event["data"] for event in events(desk, "attendance.certified")]
    return [
        (data["attendance_version"], [each["session"] for each in data["sessions"]])
        for data in said
        if data["registration_id"] == person.id
    ]


@pytest.mark.parametrize("first", ["scan", "hand"])
def test_the_hand_replaces_scans_and_gives_them_back(desk: Desk, people, first: str) -> None:
    def by_scan() -> None:
        scan(desk, people[0], "10:15", "a")

    def by_hand() -> None:
        write(desk, people[0], "a", "11:00", "23:00")

    for step in (by_scan, by_hand) if first == "scan" else (by_hand, by_scan):
        step()
    assert rows(desk, people[0])["a"] == (135, "hand", "ann@example.org")
    withdraw_presence(desk, people[0].id, "a", ANN)
    assert rows(desk, people[0])["a"] == (180, "scan", "north")
    with pytest.raises(NotFound):
        withdraw_presence(desk, people[0].id, "a", ANN)


def test_everything_written_is_in_the_history(desk: Desk, people) -> None:
    write(desk, people[2], "a", "10:15", "11:00")
    write(desk, people[2], "a", "10:15", "12:00")
    withdraw_presence(desk, people[2].id, "a", ANN, "somebody else")
    with desk.database.read() as connection:
        acts = history(connection, registration_id=people[2].id)
    assert [(act["what"], act["reason"], act["actor"]["name"]) for act in acts[:3]] == [
        ("attendance.withdrawn", "somebody else", "ann@example.org"),
        ("attendance.written", "the paper sheet", "ann@example.org"),
        ("attendance.written", "the paper sheet", "ann@example.org"),
    ]
    assert (list(acts[1]["before"]), list(acts[1]["after"])) == (["to"], ["session", "to"])


def test_many_at_once_or_nobody(desk: Desk, people) -> None:
    conference = desk.programmes.fresh("day")
    wish = Wish("opening", (at("10:00"), at("10:15")), "signed", ANN)
    with pytest.raises(NotFound):
        write_for_many(desk, conference, [people[0].id, "nobody"], wish)
    assert rows(desk, people[0]) == {}
    assert write_for_many(desk, conference, [each.id for each in people], wish) == 3
    assert all(rows(desk, each)["opening"][:2] == (15, "hand") for each in people)


def test_the_certificate_follows_what_is_written(desk: Desk, people, resources: Resources) -> None:
    scan(desk, people[0], "10:15", "a")
    close(desk, resources)
    ann, ben, cat = people
    write(desk, ben, "a", "10:15", "11:00")  # was there, and not scanned
    write(desk, ann, "opening", "10:00", "10:15")
    write(desk, ann, "opening", "10:00", "10:15")  # again is no news
    assert certified(desk, ann) == [(1, ["a"]), (2, ["opening", "a"])]
    assert certified(desk, ben) == [(1, ["a"])]
    assert certified(desk, cat) == []
    withdraw_presence(desk, ben.id, "a", ANN)
    write(desk, ben, "b")
    assert certified(desk, ben) == [(1, ["a"]), (2, [])]
    write(desk, ben, "b", "10:15", "11:00")
    assert certified(desk, ben) == [(1, ["a"]), (2, []), (3, ["b"])]


def test_a_scan_made_before_the_close_counts_whenever_it_comes(
    desk: Desk, people, resources: Resources
) -> None:
    close(desk, resources)
    scan(desk, people[0], "10:15", "a")
    assert certified(desk, people[0]) == [(1, ["a"])]
    for moment in (None, now() + timedelta(seconds=1)):
        with pytest.raises(DoorsClosed):
            pass_door(desk, "day", Passage(people[1].code, "in", None, moment))
    assert rows(desk, people[1]) == {}


@pytest.mark.parametrize("presence", ["own-scan", "day"])
def test_who_cancels_after_having_been_there_keeps_it(
    desk: Desk, people, resources: Resources, presence: str
) -> None:
    text = programme_text(2, 2).replace(
        "sessions:", f"attendance: {{workshops: {presence}}}\nsessions:"
    )
    import_programme(desk, parse_programme(text, on=TODAY))
    scan(desk, people[0], "10:00")
    scan(desk, people[1], "10:15", "a")
    for person in people[:2]:
        cancel(desk, person.id)
    close(desk, resources)
    by_seat = ["opening", "a"] if presence == "day" else ["opening"]
    assert certified(desk, people[0]) == [(1, by_seat)]
    assert certified(desk, people[1]) == [(1, ["a"])]


def test_the_numbers_of_board_and_certificates_agree(
    desk: Desk, people, resources: Resources
) -> None:
    scan(desk, people[0], "09:00")
    scan(desk, people[0], "12:00", direction="out")  # went home
    scan(desk, people[1], "10:15", "a")  # passed by the entrance unseen
    write(desk, people[2], "opening", "10:00", "10:10")
    with desk.database.read() as connection:
        body = count(connection, "day").body
    assert body["conference"]["present"] == 2  # in now
    close(desk, resources)
    with desk.database.read() as connection:
        body = count(connection, "day").body
    listed = [
        session
        for person in people
        for _, sessions in certified(desk, person)
        for session in sessions
    ]
    assert body["conference"]["present"] == 3 == len(events(desk, "attendance.certified"))
    present = {item["session"]: item["present"] for item in body["items"] if item["present"]}
    assert present == {slug: listed.count(slug) for slug in set(listed)} == {"opening": 2, "a": 1}


def test_the_table_knows_present_absent_and_late(desk: Desk, people) -> None:
    scan(desk, people[0], "09:00")
    scan(desk, people[1], "11:00", "a")
    conference = desk.programmes.fresh("day")

    def found(presence: Presence, session: str = "") -> list[int]:
        wanted = Filter(presence=presence, session=session)
        with desk.database.read() as connection:
            ids = living_ids(connection, conference, wanted)
        return [number for number, person in enumerate(people) if person.id in ids]

    assert (found("present"), found("absent"), found("late")) == ([0, 1], [2], [1])
    assert (found("present", "a"), found("absent", "a"), found("late", "a")) == ([1], [0], [1])
    assert (found("present", "opening"), found("absent", "opening")) == ([0], [1, 2])


def test_a_session_where_somebody_was_stays_in_the_programme(desk: Desk, people) -> None:
    write(desk, people[0], "party", "19:00", "20:00")
    text = "\n".join(line for line in programme_text(2, 2).splitlines() if "party" not in line)
    with pytest.raises(SessionInUse):
        import_programme(desk, parse_programme(text, on=TODAY))


def test_erasing_reaches_what_was_written(desk: Desk, people) -> None:
    write(desk, people[0], "a", "10:15", "11:00")
    erase(desk, people[0].id)
    with desk.database.read() as connection:
        [row] = connection.execute(select(WrittenPresence.reason)).all()
    assert row.reason == ""
    with pytest.raises(NotFound):
        write(desk, people[0], "a", "10:15", "11:00")


def test_the_others_hear_when_somebody_was_first_seen_and_that_they_were_not(desk, people) -> None:
    one = people[0].id
    write_presence(desk, one, Wish("a", (at("10:30"), at("11:00")), "the paper", ANN))
    write_presence(desk, one, Wish("a", None, "mistaken", ANN))
    pass_door(desk, "day", Passage(people[0].code, "in", at=at("10:05")))
    write_presence(desk, one, Wish("a", (at("10:30"), at("11:00")), "the paper", ANN))
    withdraw_presence(desk, one, "a", ANN)
    seen = [event["data"]["came_at"] for event in events(desk, "attendance.recorded")]
    unseen = [event["data"]["came_at"] for event in events(desk, "attendance.withdrawn")]
    assert [said and datetime.fromisoformat(said) for said in (*seen, *unseen)] == [
        at("10:30"),
        at("10:05"),
        at("10:05"),
        None,
        at("10:05"),
    ]

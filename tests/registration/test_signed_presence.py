"""Presence that people signed for on a sheet: what it proves, beside scans and the hand."""

import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.registration.base.refusals import SessionInUse
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.closing import close_day
from services.registration.day.disagreement import signed_alone
from services.registration.day.evidence import read_evidence
from services.registration.day.headcounts import HeadcountBoard
from services.registration.day.register import entry_of
from services.registration.day.writing import Wish, write_presence
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.history.acts import Actor
from services.registration.people.erasing import erase
from services.registration.people.personal_data import personal_data
from services.registration.programme.document import parse_programme
from services.registration.programme.programmes import load_conference
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.bus.feed import LogFeed
from shared.bus.intake import pull
from shared.events.sheets import AttendanceSigned
from shared.testing import drain
from tests.registration.days import programme_text, someone
from tests.registration.test_day_itself import events

ANN = Actor("organiser", "ann@example.org")
TODAY = now().date() - timedelta(days=1)


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
    pass_door(desk, "day", Passage(person.code, direction, session, at(clock), actor=ANN))


def signed(person, session: str, start: str, end: str, **changes: object) -> AttendanceSigned:
    fields = {
        "registration_id": person.id,
        "conference": "day",
        "sheet": f"sheet-{session}",
        "entry": 1,
        "sessions": (session,),
        "starts_at": at(start),
        "ends_at": at(end),
        "signed_at": at(end),
        "source": "phone",
    }
    return AttendanceSigned(**fields | changes)


def hear(desk: Desk, resources: Resources, *said: AttendanceSigned, source: str = "lists") -> None:
    """A service that keeps sheets tells, whatever it is called; registration hears it."""
    with desk.database.begin() as connection:
        for each in said:
            EventLog(source).append(connection, each, subject=each.registration_id)
    pull(desk.database, "registration", LogFeed(desk.database), service.lanes)
    drain(service, desk.database, resources)


def rows(desk: Desk, person) -> dict[str, tuple[int, str]]:
    with desk.database.read() as connection:
        _, sessions = entry_of(connection, person.id)
    return {s.session.slug: (s.minutes, s.source) for s in sessions}


def certified(desk: Desk, person) -> list[list[str]]:
    said = [event["data"] for event in events(desk, "attendance.certified")]
    return [
        [each["session"] for each in data["sessions"]]
        for data in said
        if data["registration_id"] == person.id
    ]


def say_what_counts(desk: Desk, rule: str) -> None:
    text = programme_text(2, 2) + f"\nattendance:\n  evidence: {rule}\n"
    import_programme(desk, parse_programme(text, on=TODAY))


def test_a_signature_is_presence_whoever_publishes_it(desk: Desk, people, resources) -> None:
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"), source="paper-trail")
    assert rows(desk, people[0]) == {"a": (180, "signature")}
    told = [event["data"] for event in events(desk, "attendance.recorded")]
    assert [(each["session"], each["source"]) for each in told] == [("a", "hand")]
    [known] = personal_data(desk, people[0].id)["signed"]
    assert known["session"] == "a"
    assert datetime.fromisoformat(known["to"]) - datetime.fromisoformat(known["from"]) == timedelta(
        hours=3
    )


def test_what_the_sheet_said_last_counts_in_whatever_order_it_comes(
    desk: Desk, people, resources
) -> None:
    first = signed(people[0], "a", "10:15", "13:15")
    left = signed(people[0], "a", "10:15", "11:15", entry=2)
    hear(desk, resources, left)
    hear(desk, resources, first)
    assert rows(desk, people[0])["a"] == (60, "signature")
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15", entry=3, withdrawn=True))
    hear(desk, resources, left)
    assert rows(desk, people[0]) == {}
    assert len(events(desk, "attendance.withdrawn")) == 1


def test_a_scan_and_a_signature_count_together_and_a_conflict_is_shown(
    desk: Desk, people, resources
) -> None:
    scan(desk, people[0], "11:00", "a")
    hear(desk, resources, signed(people[0], "a", "10:15", "12:00"))
    assert rows(desk, people[0])["a"] == (180, "scan")
    scan(desk, people[1], "10:20", "b")
    hear(desk, resources, signed(people[1], "a", "10:15", "13:15"))
    with desk.database.read() as connection:
        conference = load_conference(connection, "day")
        evidence = read_evidence(connection, conference)
    assert signed_alone(conference, evidence[people[0].id]) == ()
    assert [each.slug for each in signed_alone(conference, evidence[people[1].id])] == ["a"]


@pytest.mark.parametrize(
    ("rule", "of_both", "of_signature", "of_scan"),
    [
        ("any", 180, 180, 135),
        ("scan", 135, None, 135),
        ("signature", 120, 180, None),
        ("both", 75, None, None),
    ],
)
def test_the_conference_says_what_proves_presence(
    desk: Desk, people, resources, rule: str, of_both: int, of_signature: int, of_scan: int
) -> None:
    scan(desk, people[0], "11:00", "a")
    scan(desk, people[2], "11:00", "b")
    hear(
        desk,
        resources,
        signed(people[0], "a", "10:15", "12:15"),
        signed(people[1], "a", "10:15", "13:15"),
    )
    say_what_counts(desk, rule)
    found = [rows(desk, person) for person in people]
    minutes = [next((minutes for minutes, _ in each.values()), None) for each in found]
    assert minutes == [of_both, of_signature, of_scan]


@pytest.mark.parametrize(
    ("rule", "minutes"), [("any", 180), ("scan", 135), ("signature", None), ("both", None)]
)
def test_what_an_organiser_wrote_on_a_sheet_is_no_signature(
    desk: Desk, people, resources, rule: str, minutes: int | None
) -> None:
    scan(desk, people[0], "11:00", "a")
    hear(desk, resources, signed(people[0], "a", "10:15", "12:00", source="organiser"))
    say_what_counts(desk, rule)
    found = rows(desk, people[0])
    assert (found["a"][0] if found else None) == minutes
    assert personal_data(desk, people[0].id)["signed"]


def test_the_hand_stands_in_place_of_a_signature(desk: Desk, people, resources) -> None:
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"))
    write_presence(desk, people[0].id, Wish("a", None, "forged", ANN))
    assert rows(desk, people[0]) == {}


def test_who_only_signed_is_certified_and_a_correction_follows(
    desk: Desk, people, resources
) -> None:
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"))
    close_day(desk, "day")
    drain(service, desk.database, resources)
    assert certified(desk, people[0]) == [["a"]]
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15", entry=2, withdrawn=True))
    hear(desk, resources, signed(people[2], "b", "10:15", "13:15"))
    assert certified(desk, people[0]) == [["a"], []]
    assert certified(desk, people[2]) == [["b"]]


def test_the_headcounts_follow_a_signature_that_is_struck(desk: Desk, people, resources) -> None:
    def present() -> int:
        counts = json.loads(resources.board.redis.hget("emarge:headcounts:day", "body"))
        return next(each["present"] for each in counts["items"] if each["session"] == "a")

    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"))
    close_day(desk, "day")
    drain(service, desk.database, resources)
    assert present() == 1
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15", entry=2, withdrawn=True))
    hear(desk, resources)  # what it said itself
    assert present() == 0


def test_a_sheet_that_is_of_no_session_any_more_proves_nothing(
    desk: Desk, people, resources
) -> None:
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"))
    close_day(desk, "day")
    drain(service, desk.database, resources)
    sheet = "sheet-a"
    hear(desk, resources, signed(people[0], "z", "10:15", "13:15", entry=2, sheet=sheet))
    assert rows(desk, people[0]) == {}
    assert certified(desk, people[0]) == [["a"], []]


def test_of_who_is_erased_or_a_session_that_is_gone_nothing_is_kept(
    desk: Desk, people, resources
) -> None:
    erase(desk, people[0].id, ANN)
    hear(desk, resources, signed(people[0], "a", "10:15", "13:15"))
    hear(desk, resources, signed(people[1], "z", "10:15", "13:15"))
    with desk.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM signed_presence").scalar() == 0


def test_a_session_that_was_signed_for_stays_in_the_programme(
    desk: Desk, people, resources
) -> None:
    hear(desk, resources, signed(people[2], "b", "10:15", "13:15"))
    with pytest.raises(SessionInUse):
        import_programme(desk, parse_programme(programme_text(2), on=TODAY))

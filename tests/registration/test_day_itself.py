"""The day: scans at the doors, the close, certificates of presence, and being forgotten."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from services.registration.base import tables
from services.registration.base.refusals import (
    CodeUnknown,
    DayClosed,
    DayNotCome,
    Invalid,
    NotOnTheDay,
    RegistrationCancelled,
    RegistrationClosed,
)
from services.registration.day import closing
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.certifying import certify
from services.registration.day.closing import close_day
from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.people.erasing import erase
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.bus.inbox import JobRow, receive
from shared.bus.logged import LoggedEvent
from shared.events import new_event
from shared.events.certificates import CertificateIssued
from shared.testing import drain
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent

ORGANISER = Actor("organiser", "boss@example.org")
YESTERDAY = now().date() - timedelta(days=1)


@pytest.fixture
def people(desk: Desk, open_day):
    """Two in a, one waiting for it, one in b; and it is the day after."""
    open_day(2, 2)
    answers = [
        register(desk, "day", someone(1, "a")),
        register(desk, "day", someone(2, "a")),
        register(desk, "day", someone(3, "a", waitlist=True)),
        register(desk, "day", someone(4, "b")),
    ]
    open_day(2, 2, on=YESTERDAY)
    return answers


@pytest.fixture
def resources(desk: Desk, redis_url: str) -> Resources:
    return Resources(desk, HeadcountBoard(redis_url, desk.database))


def passage(person, clock: str, direction="in", session=None) -> Passage:
    hour, minute = map(int, clock.split(":"))
    at = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, hour, minute, tzinfo=now().tzinfo)
    return Passage(person.code, direction, session, at)


def events(desk: Desk, kind: str) -> list[dict]:
    with desk.database.read() as connection:
        rows = connection.execute(
            select(LoggedEvent.id, LoggedEvent.envelope)
            .where(LoggedEvent.type == kind)
            .order_by(LoggedEvent.number)
        )
        return [json.loads(row.envelope) for row in rows]


def present(desk: Desk) -> tuple[int, int]:
    with desk.database.read() as connection:
        day = connection.execute(select(tables.Conference.present)).scalar_one()
        a = connection.execute(
            select(tables.Session.present).where(tables.Session.slug == "a")
        ).scalar_one()
    return day, a


class TestDoors:
    def test_the_first_scan_is_news_and_the_second_is_not(self, desk: Desk, people) -> None:
        first = pass_door(desk, "day", passage(people[0], "10:00"))
        again = pass_door(desk, "day", passage(people[0], "10:05"))
        same = pass_door(desk, "day", passage(people[0], "10:00"))
        assert (first.new, again.new, same.new) == (True, False, False)
        assert len(events(desk, "attendance.recorded")) == 1
        assert present(desk) == (1, 0)

    def test_scans_may_come_late_and_in_any_order(self, desk: Desk, people) -> None:
        door = people[0]
        assert pass_door(desk, "day", passage(door, "12:00", "out", "a")).new
        assert present(desk) == (0, 0)
        assert pass_door(desk, "day", passage(door, "10:00", "in", "a")).new
        assert present(desk) == (1, 0)  # out of the room, and still in the building
        assert pass_door(desk, "day", passage(door, "12:05", "in", "a")).new
        assert present(desk) == (1, 1)

    def test_a_code_is_read_as_people_type_it(self, desk: Desk, people) -> None:
        printed = passage(people[0], "10:00")
        typed = replace(printed, code=printed.code.lower().replace("-", " "))
        assert pass_door(desk, "day", typed).expected

    def test_who_holds_no_seat_is_recorded_but_not_expected(self, desk: Desk, people) -> None:
        assert pass_door(desk, "day", passage(people[0], "10:20", session="a")).expected
        assert not pass_door(desk, "day", passage(people[3], "10:20", session="a")).expected
        assert not pass_door(desk, "day", passage(people[2], "10:00")).expected  # waitlisted
        assert present(desk) == (3, 2)  # in a room is in the building

    def test_what_cannot_be_is_refused(self, desk: Desk, people) -> None:
        cancel(desk, people[1].id)
        for bad, refusal in (
            (Passage("NOT-A-CODE", "in"), Invalid),
            (replace(passage(people[0], "10:00"), code="33333-33333"), CodeUnknown),
            (Passage("33333-33333", "in", None, now() - timedelta(days=4)), NotOnTheDay),
            (passage(people[1], "10:00"), RegistrationCancelled),
            (passage(people[0], "10:00", session="nope"), Invalid),
            (Passage(people[0].code, "in", None, now() + timedelta(hours=1)), NotOnTheDay),
            (Passage(people[0].code, "in", None, now() - timedelta(days=4)), NotOnTheDay),
        ):
            with pytest.raises(refusal):
                pass_door(desk, "day", bad)
        assert events(desk, "attendance.recorded") == []


class TestClose:
    def test_whoever_was_present_is_certified_once(
        self, desk: Desk, people, resources: Resources
    ) -> None:
        pass_door(desk, "day", passage(people[0], "09:15", session="a"))
        pass_door(desk, "day", passage(people[3], "08:30"))
        pass_door(desk, "day", passage(people[1], "19:30", session="party"))  # nothing attended
        assert close_day(desk, "day") == 2
        for _ in range(2):
            drain(service, desk.database, resources)
            close_day(desk, "day")
        certified = events(desk, "attendance.certified")
        assert {event["subject"] for event in certified} == {people[0].id, people[3].id}
        assert {event["data"]["attendance_version"] for event in certified} == {1}
        minutes = {event["subject"]: event["data"]["minutes"] for event in certified}
        assert minutes[people[3].id] == 15

    def test_a_closed_day_takes_no_changes(self, desk: Desk, people) -> None:
        close_day(desk, "day")
        with pytest.raises(RegistrationClosed):
            register(desk, "day", someone(9, "b"))
        with pytest.raises(DayClosed):
            change(desk, people[0].id, Change(["b"]), ORGANISER)
        with pytest.raises(RegistrationClosed):
            cancel(desk, people[0].id)

    def test_before_the_day_there_is_nothing_to_close(self, desk: Desk, open_day) -> None:
        open_day(2)
        with pytest.raises(DayNotCome):
            close_day(desk, "day")

    def test_a_worker_killed_half_way_is_followed_by_one_that_goes_on(
        self, desk: Desk, people, resources: Resources, monkeypatch
    ) -> None:
        monkeypatch.setattr(closing, "_PAGE", closing._PAGE.limit(1))  # noqa: SLF001  one person a page
        monkeypatch.setattr(closing, "PAGE", 1)
        for person in people:
            pass_door(desk, "day", passage(person, "08:30"))
        close_day(desk, "day")
        conference = desk.programmes.fresh("day")
        closing.certify_page(desk, conference, "")

        def certify_and_die(*args) -> None:
            certify(*args)
            raise SystemExit  # before the commit

        monkeypatch.setattr(closing, "certify", certify_and_die)
        with pytest.raises(SystemExit):
            closing.certify_page(desk, conference, people[0].id)
        monkeypatch.setattr(closing, "certify", certify)
        drain(service, desk.database, resources)
        certified = events(desk, "attendance.certified")
        assert sorted(event["subject"] for event in certified) == sorted(p.id for p in people)
        assert len({event["id"] for event in certified}) == 4

    def test_many_pages_are_several_jobs(
        self, desk: Desk, people, resources: Resources, monkeypatch
    ) -> None:
        monkeypatch.setattr(closing, "_PAGE", closing._PAGE.limit(1))  # noqa: SLF001  one person a page
        monkeypatch.setattr(closing, "PAGE", 1)
        monkeypatch.setattr("services.registration.service.PAGES_A_JOB", 2)
        for person in people:
            pass_door(desk, "day", passage(person, "08:30"))
        close_day(desk, "day")
        drain(service, desk.database, resources)
        assert len(events(desk, "attendance.certified")) == 4
        with desk.database.read() as connection:
            jobs = select(func.count()).where(JobRow.type == "registration.close-day")
            assert connection.execute(jobs).scalar_one() == 3

    def test_a_late_scan_corrects_what_was_certified(
        self, desk: Desk, people, resources: Resources
    ) -> None:
        pass_door(desk, "day", passage(people[0], "09:15", session="a"))
        close_day(desk, "day")
        drain(service, desk.database, resources)
        pass_door(desk, "day", passage(people[0], "10:15", "out", "a"))
        pass_door(desk, "day", passage(people[0], "10:15", "out", "a"))
        pass_door(desk, "day", passage(people[1], "09:30", session="a"))
        drain(service, desk.database, resources)
        told = [
            (event["subject"], event["data"]["attendance_version"], event["data"]["minutes"])
            for event in events(desk, "attendance.certified")
        ]
        assert told == [
            (people[0].id, 1, 180),
            (people[0].id, 2, 60),
            (people[1].id, 1, 165),
        ]

    def test_the_day_closes_by_itself(self, desk: Desk, people) -> None:
        with desk.database.read() as connection:
            due = select(JobRow.next_at).where(JobRow.key == "timer:close:day")
            at = connection.execute(due).scalar_one()
        assert timedelta(minutes=55) < at - now() < timedelta(hours=1, minutes=1)
        assert people


def who_names(desk: Desk, word: str) -> set[str]:
    """The tables in which a word stands anywhere."""
    found = [*tables.Base.metadata.sorted_tables]
    found += [LoggedEvent.metadata.tables[name] for name in ("event", "job")]
    with desk.database.read() as connection:
        return {
            table.name
            for table in found
            # A row itself is written shortened.
            if any(word in str(tuple(row)) for row in connection.execute(select(table)))
        }


def hear_of_certificate(desk: Desk, person, key: str) -> None:
    """What the certificates service tells of somebody is in the inbox."""
    [confirmed] = (
        event for event in events(desk, "registration.confirmed") if event["subject"] == person.id
    )
    issued = CertificateIssued(
        registration_id=person.id,
        code="3ACDE-FGHJK",
        attendance_version=1,
        person=confirmed["data"]["person"],
        conference=confirmed["data"]["conference"],
        minutes=60,
        issued_at=now(),
        download_url=f"https://emarge.example/certificates/3ACDE-FGHJK.pdf?key={key}",
        verify_url="https://emarge.example/verify/3ACDE-FGHJK",
        page_url=f"https://emarge.example/certificates/3ACDE-FGHJK?key={key}",
    )
    event = new_event("certificates", issued, subject=person.id).model_dump(mode="json")
    with desk.database.begin() as connection:
        receive(connection, "certificates", [event | {"position": 1}], service.lanes)


class TestErasure:
    def test_nothing_of_the_person_is_left(self, desk: Desk, people, resources: Resources) -> None:
        person = people[0]
        link = desk.links.emailed_url(person.id).rpartition("/")[2]
        personal = ("z1@example.org", link, "its-key")
        hear_of_certificate(desk, person, "its-key")
        drain(service, desk.database, resources)
        assert [who_names(desk, word) for word in personal] == [
            {"registration", "event", "job"},
            {"event"},
            {"certificate", "job"},
        ]

        erase(desk, person.id)
        erase(desk, person.id)
        assert [who_names(desk, word) for word in personal] == [set(), set(), set()]
        with desk.database.read() as connection:
            of_person = select(LoggedEvent.envelope).where(LoggedEvent.subject == person.id)
            envelopes = list(connection.execute(of_person).scalars())
            assert len(envelopes) == 2  # confirmed and erased
            assert "N’Diaye" not in "".join(envelopes)
            assert_consistent(connection)
        assert len(events(desk, "attendee.erased")) == 1

    def test_their_seat_goes_to_whoever_waits(self, desk: Desk, people, open_day) -> None:
        open_day(2, 2)
        erase(desk, people[0].id)
        [promoted] = events(desk, "registration.promoted")
        assert promoted["subject"] == people[2].id

    def test_they_may_come_back(self, desk: Desk, people, open_day) -> None:
        open_day(2, 2)
        erase(desk, people[3].id)
        assert register(desk, "day", someone(4, "b")).status == "confirmed"

"""Whoever walks in: registered once however often a device sends it, also without an address, also
after the day was closed when they came before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from services.registration.base import tables
from services.registration.base.person import PersonChange, Walker
from services.registration.base.refusals import (
    AlreadyRegistered,
    NoAddress,
    NotOnTheDay,
    Refusal,
    RegistrationClosed,
    SessionFull,
)
from services.registration.day.closing import close_day, preview
from services.registration.day.writing import Wish, write_presence
from services.registration.desk import Desk
from services.registration.editing.notice import read_untold
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import Actor, history
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.resending import renew_link, resend_link, resend_to
from services.registration.people.walking_in import WalkIn, namesakes, walk_in
from services.registration.seats.changing import Change, change
from services.registration.seats.registering import register
from shared.base.clock import now
from shared.events.registration import RegistrationChanged
from tests.registration.asking import told
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent
from tests.registration.test_registering import events, stored

DOOR = Actor("door", "door 1")


@pytest.fixture(autouse=True)
def _morning(open_day, at) -> None:
    """It is the day, before its workshops."""
    open_day(1, 2)
    at(9)


def comes(last_name: str, *sessions: str, **options) -> WalkIn:
    person = Walker(first_name="Ali", last_name=last_name, email=options.pop("email", ""))
    door = sessions[0] if sessions else None
    return WalkIn(person, sessions or ("b",), (), door, DOOR, **options)


def a_moment_ago(minutes: float = 1) -> datetime:
    return now() - timedelta(minutes=minutes)


@contextmanager
def refused(kind: type[Refusal], desk: Desk) -> Iterator[None]:
    before = stored(desk)
    with pytest.raises(kind):
        yield
    assert stored(desk) == before


def test_they_are_registered_and_in_the_room(desk: Desk) -> None:
    scanned = walk_in(desk, "day", comes("Roy", "a"))
    assert (scanned.verdict.kind, scanned.verdict.expected) == ("welcome", True)
    assert [event["type"] for event in events(desk)] == [
        "registration.confirmed",
        "attendance.recorded",
    ]
    assert scanned.record is not None
    with desk.database.read() as connection:
        [act] = history(connection, registration_id=scanned.record.id)
        assert_consistent(connection)
    assert (act["what"], act["actor"]) == ("registration.made", {"kind": "door", "name": "door 1"})


def test_what_is_sent_twice_happened_once(desk: Desk) -> None:
    wanted = comes("Roy", "a", at=a_moment_ago(), let_in=True, key="one")
    first, again = (walk_in(desk, "day", wanted) for _ in range(2))
    assert stored(desk) == 1
    assert first.record == again.record
    assert (again.verdict.kind, again.verdict.since) == ("already-in", first.at)
    assert len(events(desk)) == 2


def test_nobody_is_the_same_person_by_a_name_alone(desk: Desk) -> None:
    walk_in(desk, "day", comes("Roy", "b"))
    walk_in(desk, "day", comes("Roy", "b"))
    assert stored(desk) == 2
    walk_in(desk, "day", comes("Roy", "a", email="ali@example.org"))
    with refused(AlreadyRegistered, desk):
        walk_in(desk, "day", comes("Roy", "a", email="ALI@example.org"))
    with desk.database.read() as connection:
        conference = desk.programmes.known("day")
        same = namesakes(connection, conference, comes("roy").person)
        assert len(same) == 3
        assert not namesakes(connection, conference, comes("Royer").person)


@pytest.mark.parametrize("taken", [False, True])
def test_one_place_is_held_and_another_waited_for(desk: Desk, at, taken: bool) -> None:
    """Also where the place came free while the sheet was filled in: it is theirs at once."""
    at(9)
    if taken:
        register(desk, "day", someone(1, "a", by_staff=True))
    scanned = walk_in(desk, "day", replace(comes("Roy", "b"), awaited=("a",)))
    assert scanned.record is not None
    with desk.database.read() as connection:
        assert_consistent(connection)
        rows = connection.execute(
            select(tables.Session.slug, tables.Seat.state)
            .join(tables.Seat, tables.Seat.session_id == tables.Session.id)
            .where(tables.Seat.registration_id == scanned.record.id)
        )
        has = {(row.slug, row.state) for row in rows}
    assert has == ({("b", "held"), ("a", "waiting")} if taken else {("a", "held")})


def test_who_cannot_be_registered_is_told_why_and_nothing_is_kept(desk: Desk) -> None:
    register(desk, "day", someone(1, "a", by_staff=True))
    with refused(SessionFull, desk):
        walk_in(desk, "day", comes("Roy", "a"))
    with refused(NotOnTheDay, desk):
        walk_in(desk, "day", comes("Roy", "b", at=a_moment_ago(60 * 48)))
    with refused(NotOnTheDay, desk):
        walk_in(desk, "day", comes("Roy", "b", at=now() + timedelta(minutes=9)))


def test_who_came_before_the_day_was_closed_is_registered_after_it(desk: Desk) -> None:
    came = max(a_moment_ago(0.1), now().replace(hour=0, minute=0, second=0, microsecond=0))
    close_day(desk, "day")
    walk_in(desk, "day", comes("Roy", "b", at=came, let_in=True, key="one"))
    with refused(RegistrationClosed, desk):
        walk_in(desk, "day", comes("Late", "b", at=now(), let_in=True, key="two"))


class TestWithoutAddress:
    """What else there is of a registration bears somebody who cannot be written to."""

    @pytest.fixture
    def ali(self, desk: Desk) -> str:
        record = walk_in(desk, "day", comes("Roy", "b")).record
        assert record is not None
        return record.id

    def test_events_have_an_empty_address(self, desk: Desk, ali: str) -> None:
        [told, _] = events(desk)
        assert told["data"]["person"]["email"] == ""
        assert told["subject"] == ali

    def test_nobody_finds_or_is_sent_their_link(self, desk: Desk, ali: str) -> None:
        assert resend_link(desk, "day", "") == 0
        for act in (resend_to, renew_link):
            with pytest.raises(NoAddress):
                act(desk, ali, DOOR)

    def test_they_are_changed_and_corrected_like_everybody(self, desk: Desk, ali: str) -> None:
        change(desk, ali, Change(["b", "lunch"]), DOOR)
        corrected = correct(desk, ali, Correction(PersonChange(last_name="Royer")), DOOR)
        assert (corrected.record.email, corrected.readdressed) == ("", False)
        with desk.database.read() as connection:
            keys = select(tables.Registration.email_key, tables.Registration.address_key)
            assert connection.execute(keys).all() == [(None, None)]

    def test_an_address_that_is_given_later_gets_everything(self, desk: Desk, ali: str) -> None:
        wanted = Correction(PersonChange(email="ali@example.org"))
        corrected = correct(desk, ali, wanted, Actor("organiser", "boss@example.org"))
        assert corrected.readdressed
        [changed] = [each for each in events(desk) if each["type"] == "registration.changed"]
        assert changed["data"]["tell"] == "everything"
        assert resend_link(desk, "day", "ali@example.org") == 1

    def test_they_are_erased(self, desk: Desk, ali: str) -> None:
        erase(desk, ali)
        assert "Roy" not in str(events(desk))
        with desk.database.read() as connection:
            assert_consistent(connection)

    def test_they_are_not_counted_among_those_who_are_told(
        self, desk: Desk, ali: str, open_day
    ) -> None:
        other = register(desk, "day", someone(1, "b", by_staff=True)).id
        yesterday = now().date() - timedelta(days=1)
        conference = open_day(1, 2, on=yesterday)
        noon = datetime.combine(yesterday, time(11), UTC)
        for registration_id in (ali, other):
            there = (noon, noon + timedelta(hours=1))
            write_presence(desk, registration_id, Wish("b", there, "the paper sheet", DOOR))
        with desk.database.read() as connection:
            untold = read_untold(connection, conference, desk.links)
            foreseen = preview(connection, conference)
        assert untold.people == 1
        assert (foreseen.certified, foreseen.unaddressed) == (2, 1)
        assert cancel_day(desk, "day", "The hall is under water.", DOOR) == 1


def test_an_address_after_the_close_is_sent_the_link_alone(desk: Desk) -> None:
    """And the certificate, which another service sends."""
    scanned = walk_in(desk, "day", comes("Roy"))
    assert scanned.record is not None
    given = Correction(PersonChange(email="roy@example.org"))
    close_day(desk, "day")
    corrected = correct(desk, scanned.record.id, given, Actor("organiser", "Ann"))
    assert (corrected.readdressed, corrected.told_all) == (True, False)
    assert told(desk, RegistrationChanged)[-1].tell == "link"

"""What is wrong about a person is corrected, by themselves or by an organiser, and reaches."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.registration.base import tables
from services.registration.base.person import PersonChange
from services.registration.base.refusals import (
    AlreadyRegistered,
    CorrectedTooOften,
    DayClosed,
    Invalid,
    PersonErased,
    RegistrationCancelled,
    RegistrationClosed,
    SessionFull,
)
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.closing import certify_page, close_as_timed, close_day
from services.registration.desk import Desk
from services.registration.history.acts import PAGE, PERSON, note
from services.registration.history.tables import Act
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.personal_data import personal_data
from services.registration.seats.changing import Change, cancel
from services.registration.seats.registering import register
from shared.base import clock
from shared.base.clock import now
from shared.bus.logged import LoggedEvent
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent
from tests.registration.told import ORGANISER, acts, events

YESTERDAY = now().date() - timedelta(days=1)


def wanted(change: Change | None = None, reason: str | None = None, **facts) -> Correction:
    return Correction(PersonChange(**facts), change, reason)


def set_day(desk: Desk, **columns) -> None:
    with desk.database.begin() as connection:
        connection.execute(
            update(tables.Conference).values(version=tables.Conference.version + 1, **columns)
        )


@pytest.fixture
def person(desk: Desk, open_day):
    open_day(1, 1)
    return register(desk, "day", someone(1, "a"))


class TestWhatIsCorrected:
    def test_what_was_given_and_nothing_else(self, desk: Desk, person) -> None:
        now_is = correct(desk, person.id, wanted(organisation="Ville", first_name=None))
        record = now_is.record
        assert (record.organisation, record.first_name, record.revision) == ("Ville", "Zoé", 1)
        assert [seat.session.slug for seat in now_is.seats] == ["a"]
        assert not now_is.readdressed
        assert events(desk)[-1]["data"]["tell"] == "change"

    def test_what_changes_nothing_leaves_no_trace(self, desk: Desk, person) -> None:
        correct(desk, person.id, wanted(Change(["a"]), first_name="Zoé", email="Z1@EXAMPLE.ORG"))
        correct(desk, person.id, wanted(email="Z1@EXAMPLE.ORG"))
        assert [event["type"] for event in events(desk)] == [
            "registration.confirmed",
            "registration.changed",  # the address is written in other letters: the link is the same
        ]
        assert events(desk)[-1]["data"]["manage_url"] == events(desk)[0]["data"]["manage_url"]

    def test_the_history_has_before_after_and_why(self, desk: Desk, person) -> None:
        correction = wanted(Change(["b"]), "They called", last_name="Diaye")
        correct(desk, person.id, correction, ORGANISER)
        moved, corrected = acts(desk, person.id)
        assert (corrected["what"], corrected["reason"]) == ("person.corrected", "They called")
        assert corrected["actor"] == {"kind": "organiser", "name": "boss@example.org"}
        assert (corrected["before"], corrected["after"]) == (
            {"last_name": "N’Diaye"},
            {"last_name": "Diaye"},
        )
        assert (moved["what"], moved["before"], moved["after"]) == (
            "registration.changed",
            {"held": ["a"]},
            {"held": ["b"]},
        )
        assert personal_data(desk, person.id)["history"][0]["what"] == "registration.changed"

    def test_a_refused_move_corrects_nothing(self, desk: Desk, person) -> None:
        register(desk, "day", someone(2, "b"))
        with pytest.raises(SessionFull):
            correct(desk, person.id, wanted(Change(["b"]), last_name="Other"))
        assert personal_data(desk, person.id)["registration"]["last_name"] == "N’Diaye"
        assert acts(desk, person.id) == []


class TestAnAddress:
    def test_gets_everything_with_a_new_link_and_the_old_one_a_line(self, desk, person) -> None:
        now_is = correct(desk, person.id, wanted(email="right@example.org"))
        assert now_is.readdressed
        first, changed, left = events(desk)
        assert changed["data"]["tell"] == "everything"
        assert changed["data"]["person"]["email"] == "right@example.org"
        assert changed["data"]["manage_url"] != first["data"]["manage_url"]
        assert left["type"] == "registration.address-corrected"
        assert (left["subject"], left["data"]["person"]["email"]) == (person.id, "z1@example.org")
        assert left["data"]["person_now"]["email"] == "right@example.org"
        assert left["data"]["person"]["organisation"] is None

    def test_each_correction_ends_the_links_of_before(self, desk: Desk, person) -> None:
        for number in (1, 2):
            now_is = correct(desk, person.id, wanted(email=f"right{number}@example.org"))
            assert now_is.record.link_generation == number
        links = {e["data"]["manage_url"] for e in events(desk) if "seats" in e["data"]}
        assert len(links) == 3

    def test_of_somebody_of_the_same_name_is_refused(self, desk: Desk, person) -> None:
        other = register(desk, "day", someone(2, "b"))
        with pytest.raises(AlreadyRegistered):
            correct(desk, other.id, wanted(email="Z1@example.org"))
        cancel(desk, person.id)
        assert correct(desk, other.id, wanted(email="Z1@example.org")).readdressed

    @pytest.mark.usefixtures("person")
    def test_of_another_person_is_shared(self, desk: Desk) -> None:
        other = register(desk, "day", someone(2, "b"))
        correct(desk, other.id, wanted(email="z1@example.org", first_name="Ali"))
        with pytest.raises(AlreadyRegistered):
            correct(desk, other.id, wanted(first_name="ZOÉ"))

    def test_once_the_day_is_over_gets_the_link_alone(self, desk: Desk, person, open_day) -> None:
        open_day(1, 1, on=YESTERDAY)
        close_day(desk, "day")
        correct(desk, person.id, wanted(email="right@example.org"), ORGANISER)
        assert events(desk)[-2]["data"]["tell"] == "link"
        correct(desk, person.id, wanted(last_name="Other"), ORGANISER)
        assert events(desk)[-1]["data"]["tell"] == "nothing"


class TestWhoMay:
    def test_a_person_until_the_day_is_closed(self, desk: Desk, person, open_day) -> None:
        set_day(desk, closes_at=now() - timedelta(days=1))  # of registration
        correct(desk, person.id, wanted(last_name="Other"))
        with pytest.raises(RegistrationClosed):
            correct(desk, person.id, wanted(Change(["b"])))
        open_day(1, 1, on=YESTERDAY)
        close_day(desk, "day")
        with pytest.raises(DayClosed):
            correct(desk, person.id, wanted(last_name="Third"))

    def test_an_organiser_always_but_sessions_until_then(self, desk, person, open_day) -> None:
        open_day(1, 1, on=YESTERDAY)
        close_day(desk, "day")
        correct(desk, person.id, wanted(last_name="Third"), ORGANISER)
        with pytest.raises(DayClosed):
            correct(desk, person.id, wanted(Change(["b"])), ORGANISER)

    def test_a_cancelled_registration(self, desk: Desk, person) -> None:
        cancel(desk, person.id)
        with pytest.raises(RegistrationCancelled):
            correct(desk, person.id, wanted(last_name="Other"))
        with pytest.raises(RegistrationCancelled):
            correct(desk, person.id, wanted(Change(["a"])), ORGANISER)
        assert correct(desk, person.id, wanted(last_name="Other"), ORGANISER).record.revision == 2
        assert events(desk)[-1]["data"]["tell"] == "nothing"

    def test_nobody_once_erased_and_the_history_has_forgotten(self, desk: Desk, person) -> None:
        correct(desk, person.id, wanted(None, "why", email="right@example.org"), ORGANISER)
        erase(desk, person.id, ORGANISER)
        with pytest.raises(PersonErased):
            correct(desk, person.id, wanted(last_name="Other"), ORGANISER)
        with desk.database.read() as connection:
            kept = json.dumps(
                [list(map(str, row)) for row in connection.execute(select(Act.__table__))]
            )
            said = " ".join(connection.execute(select(LoggedEvent.envelope)).scalars())
        assert [act["what"] for act in acts(desk, person.id)] == [
            "person.erased",
            "person.corrected",
        ]
        for personal in ("right@example.org", "z1@example.org", "why"):
            assert personal not in kept
            assert personal not in said

    def test_a_reason_is_an_organisers(self, desk: Desk, person) -> None:
        with pytest.raises(Invalid):
            correct(desk, person.id, wanted(None, "because", last_name="Other"))


class TestCertificates:
    @pytest.fixture
    def certified(self, desk: Desk, person, open_day):
        open_day(1, 1, on=YESTERDAY)
        at = now().replace(hour=9, minute=30) - timedelta(days=1)
        pass_door(desk, "day", Passage(person.code, "in", "a", at))
        close_day(desk, "day")
        assert certify_page(desk, close_as_timed(desk, "day"), "") is None
        return person

    def said(self, desk: Desk) -> list[dict]:
        found = [event["data"] for event in events(desk) if event["type"] == "attendance.certified"]
        return sorted(found, key=lambda each: each["attendance_version"])

    def test_another_name_is_certified_anew(self, desk: Desk, certified) -> None:
        correct(desk, certified.id, wanted(organisation="Ville de Lyon"), ORGANISER)
        first, second = self.said(desk)
        assert (first["attendance_version"], second["attendance_version"]) == (1, 2)
        assert second["person"]["organisation"] == "Ville de Lyon"
        assert second["sessions"] == first["sessions"]
        assert first["sessions"]

    def test_an_address_or_language_is_not(self, desk: Desk, certified) -> None:
        correct(desk, certified.id, wanted(email="right@example.org", locale="en"), ORGANISER)
        assert len(self.said(desk)) == 1

    def test_who_cancels_after_having_been_there_keeps_it(self, desk, person, open_day) -> None:
        open_day(1, 1, on=YESTERDAY)
        at = now().replace(hour=9, minute=30) - timedelta(days=1)
        pass_door(desk, "day", Passage(person.code, "in", "a", at))
        cancel(desk, person.id)
        assert close_day(desk, "day") == 1
        certify_page(desk, close_as_timed(desk, "day"), "")
        [certified] = self.said(desk)
        assert [session["session"] for session in certified["sessions"]] == ["a"]


def test_two_at_once_to_one_address_are_one(desk: Desk, open_day) -> None:
    open_day(2, 2)
    people = [register(desk, "day", someone(number, "a")).id for number in (1, 2)]

    def corrected(registration_id: str) -> bool:
        try:
            correct(desk, registration_id, wanted(email="right@example.org"))
        except AlreadyRegistered:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(corrected, people)) == [False, True]
    with desk.database.read() as connection:
        assert_consistent(connection)


class TestHowOften:
    def test_a_person_corrects_their_address_three_times_a_day(self, desk: Desk, person) -> None:
        for number in range(3):
            correct(desk, person.id, wanted(email=f"new{number}@example.org"))
        with pytest.raises(CorrectedTooOften):
            correct(desk, person.id, wanted(email="new3@example.org"))
        assert correct(desk, person.id, wanted(organisation="Ville")).record.organisation == "Ville"
        by_organiser = correct(desk, person.id, wanted(email="new3@example.org"), ORGANISER)
        assert by_organiser.readdressed

    def test_whatever_else_is_done_between(self, desk: Desk, person) -> None:
        for number in range(3):
            correct(desk, person.id, wanted(email=f"new{number}@example.org"))
        with desk.database.begin() as connection:
            for _ in range(PAGE):
                note(connection, PERSON, "registration.changed", registration_id=person.id)
        with pytest.raises(CorrectedTooOften):
            correct(desk, person.id, wanted(email="new3@example.org"))

    def test_and_again_the_next_day(self, desk: Desk, person, monkeypatch) -> None:
        for number in range(3):
            correct(desk, person.id, wanted(email=f"new{number}@example.org"))
        tomorrow = now() + timedelta(hours=25)
        monkeypatch.setattr(clock, "epoch_seconds", tomorrow.timestamp)
        assert correct(desk, person.id, wanted(email="new3@example.org")).readdressed

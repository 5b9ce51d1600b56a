"""Registering, changing, cancelling: what is stored, what is said, who is let in."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from services.registration.base import tables
from services.registration.base.links import Opens
from services.registration.base.person import Person
from services.registration.base.refusals import (
    AlreadyRegistered,
    Invalid,
    KeyReused,
    NotFound,
    RegistrationCancelled,
    RegistrationClosed,
    RegistrationNotOpen,
    SessionFull,
)
from services.registration.desk import Desk
from services.registration.people.resending import resend_link
from services.registration.seats import registering
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.records import read_record
from services.registration.seats.registering import Application, register, register_colleagues
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.bus.logged import LoggedEvent
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent


def events(desk: Desk) -> list[dict]:
    with desk.database.read() as connection:
        about_people = LoggedEvent.type.not_like("conference.%")
        statement = select(LoggedEvent.envelope).where(about_people).order_by(LoggedEvent.number)
        rows = connection.execute(statement)
        return [json.loads(envelope) for envelope in rows.scalars()]


def told(desk: Desk) -> list[str]:
    return [event["type"] for event in events(desk)]


def stored(desk: Desk) -> int:
    with desk.database.read() as connection:
        return connection.execute(
            select(func.count()).select_from(tables.Registration)
        ).scalar_one()


def test_a_registration_and_its_event_are_one(desk: Desk, open_day) -> None:
    open_day(2)
    answer = register(desk, "day", someone(1, "a", "lunch"))
    [event] = events(desk)
    assert event["type"] == "registration.confirmed"
    assert event["subject"] == event["data"]["registration_id"] == answer.id
    assert event["data"]["code"] == answer.code
    assert [seat["session"] for seat in event["data"]["seats"]] == ["a", "lunch"]
    assert desk.links.read_token(event["data"]["manage_url"].split("/")[-1]) == Opens(
        answer.id, 0, emailed=True
    )


@pytest.mark.parametrize("waitlist", [False, True])  # without the lock, and under it
def test_a_code_that_somebody_has_is_drawn_again(
    desk: Desk, open_day, monkeypatch, waitlist
) -> None:
    open_day(1, 1)
    taken = register(desk, "day", someone(1, "a")).code
    desk.programmes.fresh("day")
    draws = iter([taken, taken, "AAAAA-AAAAA"])
    monkeypatch.setattr(registering, "new_code", lambda *_: next(draws))
    answer = register(desk, "day", someone(2, "a" if waitlist else "b", waitlist=waitlist))
    assert (answer.code, answer.status) == (
        "AAAAA-AAAAA",
        "waitlisted" if waitlist else "confirmed",
    )


def test_no_registration_when_its_event_cannot_be_written(desk: Desk, open_day) -> None:
    open_day(2)

    class Broken(EventLog):
        def append(self, *_args, **_options):
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        register(replace(desk, log=Broken("registration")), "day", someone(1, "a"))
    assert stored(desk) == 0
    assert desk.programmes.fresh("day").by_slug["a"].taken == 0


def test_what_is_refused_leaves_nothing(desk: Desk, open_day) -> None:
    open_day(1)
    register(desk, "day", someone(1, "a"))
    with pytest.raises(SessionFull):
        register(desk, "day", someone(2, "a", "lunch"))
    with pytest.raises(Invalid):
        register(desk, "day", someone(2))
    assert stored(desk) == 1
    assert desk.programmes.fresh("day").by_slug["lunch"].taken == 0
    assert told(desk) == ["registration.confirmed"]


def test_a_person_in_other_letters_is_the_same(desk: Desk, open_day) -> None:
    open_day(2)
    register(desk, "day", someone(1, "a"))
    same = Person(first_name="ZOE", last_name="N’ Diaye", email="Z1@EXAMPLE.org")
    with pytest.raises(AlreadyRegistered):
        register(desk, "day", Application(same, ("a",)))


def test_several_people_may_have_one_address(desk: Desk, open_day) -> None:
    open_day(2)
    register(desk, "day", someone(1, "a"))
    other = Person(first_name="", last_name="Aïssata", email="z1@example.org")
    register(desk, "day", Application(other, ("a",)))
    resend_link(desk, "day", " Z1@example.org ")
    sent = [event["data"] for event in events(desk) if "link-requested" in event["type"]]
    assert [each["person"]["last_name"] for each in sent] == ["N’Diaye", "Aïssata"]
    assert len({each["manage_url"] for each in sent}) == 2


def test_whoever_cancelled_may_register_again(desk: Desk, open_day) -> None:
    open_day(2)
    cancel(desk, register(desk, "day", someone(1, "a")).id)
    assert register(desk, "day", someone(1, "a")).status == "confirmed"


def test_registration_opens_and_closes(desk: Desk, open_day) -> None:
    open_day(2)
    tomorrow, yesterday = now() + timedelta(days=1), now() - timedelta(days=1)
    for column, moment, refusal in (
        ("opens_at", tomorrow, RegistrationNotOpen),
        ("closes_at", yesterday, RegistrationClosed),
    ):
        with desk.database.begin() as connection:
            connection.execute(
                update(tables.Conference).values(
                    **{"opens_at": None, column: moment, "version": tables.Conference.version + 1}
                )
            )
            connection.execute(update(tables.Session).values(version=tables.Session.version + 1))
        with pytest.raises(refusal):
            register(desk, "day", someone(1, "a"))


def test_an_unknown_conference(desk: Desk) -> None:
    with pytest.raises(NotFound):
        register(desk, "nowhere", someone(1, "a"))


class TestRepetition:
    def test_the_same_request_gets_the_same_answer(self, desk: Desk, open_day) -> None:
        open_day(1)
        first = register(desk, "day", someone(1, "a", key="k"))
        again = register(desk, "day", someone(1, "a", key="k"))
        assert again.replayed
        assert not first.replayed
        assert replace(again, replayed=False, seats=()) == replace(first, seats=())
        assert [seat.session.slug for seat in again.seats] == ["a"]
        assert stored(desk) == 1

    def test_another_request_with_the_key_is_refused(self, desk: Desk, open_day) -> None:
        open_day(5)
        register(desk, "day", someone(1, "a", key="k"))
        for other in (someone(2, "a", key="k"), someone(1, "a", "lunch", key="k")):
            with pytest.raises(KeyReused):
                register(desk, "day", other)
        assert stored(desk) == 1
        with desk.database.read() as connection:
            assert_consistent(connection)

    def test_what_was_refused_may_be_tried_again(self, desk: Desk, open_day) -> None:
        open_day(1)
        first = register(desk, "day", someone(1, "a"))
        with pytest.raises(SessionFull):
            register(desk, "day", someone(2, "a", key="k"))
        cancel(desk, first.id)
        assert not register(desk, "day", someone(2, "a", key="k")).replayed


def test_colleagues_each_get_their_own(desk: Desk, open_day) -> None:
    open_day(1, 5)
    outcomes = register_colleagues(
        partial(register, desk),
        "day",
        [
            someone(1, "a", registered_by="Chief", key="k"),
            someone(2, "a", registered_by="Chief", key="k"),
            someone(3, "b", registered_by="Chief", key="k"),
        ],
    )
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Registered",
        "SessionFull",
        "Registered",
    ]
    assert {event["data"]["registered_by"] for event in events(desk)} == {"Chief"}
    assert len({event["data"]["manage_url"] for event in events(desk)}) == 2


class TestChange:
    def test_a_free_place_is_taken_at_once_and_the_old_one_passed_on(
        self, desk: Desk, open_day
    ) -> None:
        open_day(1, 1)
        mover = register(desk, "day", someone(1, "a"))
        waiting = register(desk, "day", someone(2, "a", waitlist=True))
        change(desk, mover.id, Change(["b"]))
        assert told(desk)[2:] == ["registration.changed", "registration.promoted"]
        promoted = events(desk)[-1]["data"]
        assert promoted["registration_id"] == waiting.id
        assert promoted["granted"] == ["a"]
        assert promoted["status"] == "confirmed"

    def test_a_swap_is_granted_in_turn_and_frees_the_next(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        holder_a = register(desk, "day", someone(1, "a"))
        holder_b = register(desk, "day", someone(2, "b"))
        next_for_a = register(desk, "day", someone(3, "a", waitlist=True))
        _, seats = change(desk, holder_a.id, Change(["b"], waitlist=True))
        assert {seat.session.slug: seat.state for seat in seats} == {"a": "held", "b": "waiting"}
        cancel(desk, holder_b.id)
        first, second = (event["data"] for event in events(desk)[-2:])
        assert (first["registration_id"], first["granted"], first["released"]) == (
            holder_a.id,
            ["b"],
            ["a"],
        )
        assert (second["registration_id"], second["granted"]) == (next_for_a.id, ["a"])

    def test_a_full_session_without_waiting_changes_nothing(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        mover = register(desk, "day", someone(1, "a"))
        register(desk, "day", someone(2, "b"))
        with pytest.raises(SessionFull):
            change(desk, mover.id, Change(["b"]))
        with desk.database.read() as connection:
            record = read_record(connection, mover.id)
            assert record.revision == 0
            assert_consistent(connection)

    def test_no_change_says_nothing(self, desk: Desk, open_day) -> None:
        open_day(1)
        person = register(desk, "day", someone(1, "a"))
        change(desk, person.id, Change(["a"]))
        assert told(desk) == ["registration.confirmed"]

    def test_what_is_cancelled_is_not_changed(self, desk: Desk, open_day) -> None:
        open_day(1)
        person = register(desk, "day", someone(1, "a"))
        cancel(desk, person.id)
        with pytest.raises(RegistrationCancelled):
            change(desk, person.id, Change(["a"]))


def test_the_first_in_line_goes_first(desk: Desk, open_day) -> None:
    open_day(1)
    holder = register(desk, "day", someone(0, "a"))
    line = [register(desk, "day", someone(n, "a", waitlist=True)).id for n in range(1, 5)]
    cancel(desk, line.pop(1))
    for expected in line:
        cancel(desk, holder.id)
        promoted = events(desk)[-1]
        assert (promoted["type"], promoted["subject"]) == ("registration.promoted", expected)
        holder = replace(holder, id=expected)


def test_cancelling_says_what_was_given_back_and_again_is_harmless(desk: Desk, open_day) -> None:
    open_day(1)
    person = register(desk, "day", someone(1, "a", "lunch"))
    cancel(desk, person.id)
    cancel(desk, person.id)
    assert told(desk) == ["registration.confirmed", "registration.cancelled"]
    last = events(desk)[-1]["data"]
    assert last["status"] == "cancelled"
    assert [seat["session"] for seat in last["seats"]] == ["a", "lunch"]
    assert desk.programmes.fresh("day").by_slug["a"].taken == 0

"""Reminders: set, moved, taken back, and looked at again when they are due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from services.notifications.base.known_places import note
from services.notifications.base.known_programmes import Day
from services.notifications.occasions.reminders import ReminderDue
from shared.base.clock import now
from shared.bus import parking
from shared.bus.inbox import JobRow
from shared.events.registration import (
    AttendeeErased,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RemindersDeclined,
)
from tests.notifications.day import certificate, conference, meal, place, seat, told

PARIS = ZoneInfo("Europe/Paris")
TODAY = datetime.combine(datetime.now(PARIS).date(), time(), UTC)  # the date there
SOON = TODAY + timedelta(days=20)


def coming(kind=RegistrationConfirmed, day=SOON, **changes):
    fields = {"conference": conference(day), "seats": (seat(day=day), meal(day=day))}
    return told(place(kind, **{**fields, **changes}))


def timers(office):
    return [job for job in office.jobs if job["type"] == "notifications.reminder-due"]


def reminders(office):
    return [mail for mail in office.mails if "List-Unsubscribe" in mail]


def test_the_next_reminder_is_set_for_nine_in_the_morning_of_the_place(office) -> None:
    office.hear(coming())
    [timer] = timers(office)
    due = timer["next_at"].astimezone(PARIS)
    assert (due.date(), due.hour) == (SOON.date() - timedelta(days=7), 9)
    assert timer["lane"] == "bulk"


def test_after_a_reminder_comes_the_next_one(office) -> None:
    office.hear(coming(day=TODAY + timedelta(days=8)))
    with office.database.begin() as connection:
        later = coming(day=TODAY + timedelta(days=8)).data
        connection.execute(delete(JobRow).where(JobRow.type == "notifications.reminder-due"))
    due = ReminderDue(
        registration_id=later.registration_id, days=7, starts_at=later.conference.starts_at
    )
    office.hear(told(due))
    assert len(reminders(office)) == 1
    assert timers(office)[-1]["state"] == "waiting"


def test_the_days_are_a_setting(other_office) -> None:
    office = other_office(reminder_days=(3,))
    office.hear(coming())
    assert len(timers(office)) == 1


def test_what_is_past_is_not_set(office) -> None:
    office.hear(coming(day=TODAY + timedelta(days=3)))
    assert len(timers(office)) == 1


def test_a_reminder_is_sent_with_the_badge_and_a_way_to_end_them(office) -> None:
    office.hear(coming())
    office.make_due()
    office.work()
    [first] = reminders(office)
    one_click = "<https://emarge.example/api/reminders/token.signature>"
    assert first["List-Unsubscribe"].startswith(f"{one_click}, <mailto:contact@")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_filename() for part in first.iter_attachments()] == ["badge.pdf"]
    assert "Dans 20\u202fjours" in first["Subject"]
    due = first["Date"].datetime.astimezone(PARIS)
    assert (due.date(), due.hour) == (SOON.date() - timedelta(days=7), 9)
    assert [row["kind"] for row in office.log] == ["confirmed", "reminder"]


def test_a_reminder_is_sent_once(office) -> None:
    office.hear(coming())
    office.make_due()
    office.work()
    office.hear(coming(RegistrationChanged, revision=2))
    office.make_due()
    office.work()
    assert len(reminders(office)) == 1


@pytest.mark.parametrize(
    ("later", "skipped"),
    [
        (coming(RegistrationCancelled, revision=2, status="cancelled"), []),  # taken back at once
        (coming(RegistrationWaitlisted, revision=2, status="waitlisted"), []),
        (
            told(RemindersDeclined(registration_id=place().registration_id)),
            ["reminders-declined"],
        ),
    ],
)
def test_who_does_not_come_or_does_not_want_it_is_not_reminded(office, later, skipped) -> None:
    office.hear(coming())
    assert len(timers(office)) == 1
    office.hear(later)
    assert len(timers(office)) == len(skipped)
    office.make_due()
    office.work()
    assert reminders(office) == []
    assert [row["reason"] for row in office.log if row["state"] == "skipped"] == skipped


def test_a_timer_that_is_off_before_the_cancellation_finds_it(office) -> None:
    gone = coming(RegistrationCancelled, revision=2, status="cancelled").data
    with office.database.begin() as connection:
        note(connection, gone, Day(gone.conference.slug))
    due = ReminderDue(
        registration_id=gone.registration_id, days=1, starts_at=gone.conference.starts_at
    )
    office.hear(told(due))
    assert office.mails == []
    assert [(row["state"], row["reason"]) for row in office.log] == [("skipped", "no-longer-comes")]


def test_a_moved_day_has_its_own_reminders(office) -> None:
    office.hear(coming())
    office.hear(coming(RegistrationChanged, day=SOON + timedelta(days=2), revision=2))
    [timer] = timers(office)
    assert timer["next_at"].astimezone(PARIS).date() == SOON.date() - timedelta(days=5)
    office.make_due()
    office.work()
    assert len(reminders(office)) == 1
    assert [row["reason"] for row in office.log if row["state"] == "skipped"] == []


def test_a_timer_that_is_off_when_the_day_moves_finds_it_moved(office) -> None:
    office.hear(coming(day=SOON + timedelta(days=2)))
    starts_at = conference(SOON).starts_at
    office.hear(
        told(ReminderDue(registration_id=place().registration_id, days=7, starts_at=starts_at))
    )
    assert reminders(office) == []
    assert office.log[-1]["reason"] == "day-moved"


def test_nobody_is_reminded_of_a_day_that_has_begun(office) -> None:
    yesterday = TODAY - timedelta(days=1)
    office.hear(coming(day=yesterday))
    starts_at = conference(yesterday).starts_at
    office.hear(
        told(ReminderDue(registration_id=place().registration_id, days=1, starts_at=starts_at))
    )
    assert reminders(office) == []
    assert office.log[-1]["reason"] == "day-begun"


def test_an_older_event_does_not_bring_reminders_back(office) -> None:
    office.hear(coming(RegistrationCancelled, revision=2, status="cancelled"))
    office.hear(coming(revision=1))
    assert timers(office) == []


def test_forgetting_a_person(office) -> None:
    office.hear(coming(registered_by="Nadia Benali"))
    erased = AttendeeErased(registration_id=place().registration_id, erased_at=now())
    office.hear(told(erased))
    assert timers(office) == []
    office.hear(coming(RegistrationChanged, revision=3))
    office.hear(told(certificate()))
    assert len(office.mails) == 1
    assert [row["state"] for row in office.log] == ["sent", "skipped", "skipped"]
    with office.database.read() as connection:
        for table in ("delivery", "known_place"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608  our own names
            assert rows
            kept = str([tuple(row) for row in rows])  # rows are written shortened
            for personal in ("lodie", "Lef", "ville.example", "signature", "Nadia"):
                assert personal not in kept
    first = next(job for job in office.jobs if job["type"] == "registration.confirmed")
    for personal in ("lodie", "Lef", "elodie@", "signature", "Nadia"):
        assert personal not in first["envelope"]


def test_nobody_is_written_to_before_their_erasure_is_handled(office) -> None:
    erased = AttendeeErased(registration_id=place().registration_id, erased_at=now())
    office.receive(coming(), told(certificate()), told(erased))
    with office.database.begin() as connection:
        parking.park(connection, [AttendeeErased.type])
    assert office.work() == 2
    assert office.mails == []
    assert [(row["state"], row["recipient"]) for row in office.log] == [("skipped", "")] * 2
    assert timers(office) == []


def test_forgetting_twice_or_somebody_unknown_is_harmless(office) -> None:
    erased = AttendeeErased(registration_id="unknown", erased_at=now())
    office.hear(told(erased))
    office.hear(told(erased))
    assert {job["state"] for job in office.jobs} == {"done"}

"""An address that nobody has confirmed gets three emails within a day, and what must come."""

from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import func, update

from services.notifications.base.tables import ConfirmedAddress
from services.notifications.occasions import announcements
from services.notifications.occasions.announcements import Draft
from services.notifications.occasions.reminders import ReminderDue
from shared.base.clock import epoch_seconds, now
from shared.bus.inbox import JobRow
from shared.events.registration import (
    AttendeeErased,
    RegistrationAddressConfirmed,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationLinkRequested,
    RegistrationPromoted,
)
from tests.notifications.day import REGISTRATION, conference, person, place, told

OTHERS = [f"01900000-0000-7000-8000-00000000010{number}" for number in range(6)]
CONFIRMED = RegistrationAddressConfirmed(registration_id=REGISTRATION, email="Elodie@ville.example")


def colleagues(count: int) -> list:
    """Others of the same address, however it is written."""
    written = person(email="ELODIE@ville.example")
    return [told(place(registration_id=each, person=written)) for each in OTHERS[:count]]


def text_of(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    return " ".join(plain.get_content().split())


def states(office) -> list[tuple[str, str | None]]:
    return [(row["state"], row["reason"]) for row in office.log]


def put_off(office) -> list[timedelta]:
    """For how long from now the jobs that wait for their time do."""
    moment = now()
    waiting = [job for job in office.jobs if job["state"] == "waiting"]
    return [job["next_at"] - moment for job in waiting if job["type"] != ReminderDue.type]


def test_the_fourth_is_held_and_says_why(office) -> None:
    office.hear(told(place()), *colleagues(4))
    assert states(office) == [("sent", None)] * 3 + [("held", "address-unconfirmed")] * 2
    assert len(office.mails) == 3
    assert all(timedelta(hours=23) < wait <= timedelta(hours=24) for wait in put_off(office))
    assert len(put_off(office)) == 2


def test_what_was_held_goes_out_the_next_day_three_at_a_time(office, monkeypatch) -> None:
    office.hear(told(place()), *colleagues(6))
    tomorrow = epoch_seconds() + timedelta(hours=24, minutes=1).total_seconds()
    monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: tomorrow)
    office.work()
    assert states(office) == [("sent", None)] * 6 + [("held", "address-unconfirmed")]


def test_a_link_opened_lets_them_go_at_once(office) -> None:
    office.hear(told(place()), *colleagues(4))
    office.hear(told(CONFIRMED))
    assert states(office) == [("sent", None)] * 5
    assert [job["tries"] for job in office.jobs if job["state"] == "done"] == [1] * 6


def test_what_is_held_too_long_is_given_up(office) -> None:
    office.hear(told(place()), *colleagues(3))
    with office.database.begin() as connection:
        connection.execute(
            update(JobRow)
            .where(JobRow.state == "waiting", JobRow.type != ReminderDue.type)
            .values(
                next_at=now(),
                envelope=func.replace(
                    JobRow.envelope, f'"time": "{now().year}', f'"time": "{now().year - 1}'
                ),
            )
        )
    office.work()
    assert states(office)[-1] == ("skipped", "too-late")


def announce(office) -> None:
    draft = Draft(subject="Bonjour", body="À demain.", audience="confirmed")
    number = announcements.save(office.database, place().conference.slug, None, draft, "Anne")
    assert number
    assert announcements.send(office.database, place().conference.slug, number)
    office.work()


def test_an_ordinary_day_harms_nobody_who_was_imported(office) -> None:
    """Their place, its change, and two messages in one day, and they opened nothing."""
    soon = now() + timedelta(days=5)
    office.hear(told(place(conference=conference(soon))))
    office.hear(told(place(RegistrationPromoted, revision=2, granted=("atelier-1",))))
    office.hear(told(place(RegistrationChanged, revision=3)))
    announce(office)
    announce(office)
    office.make_due()
    office.work()
    kinds = [(row["kind"], row["state"]) for row in office.log]
    assert kinds[:5] == [
        ("confirmed", "sent"),
        ("promoted", "sent"),
        ("changed", "sent"),
        ("announcement", "sent"),
        ("announcement", "sent"),
    ]
    assert "held" not in {state for _, state in kinds}


def test_no_message_goes_where_the_first_letter_waits(office) -> None:
    office.hear(told(place()), *colleagues(3))
    announce(office)
    assert [row["state"] for row in office.log if row["kind"] == "announcement"] == [
        *["sent"] * 3,
        "held",
    ]


def test_the_same_address_however_it_is_written(office) -> None:
    wide = person(email="ｅｌｏｄｉｅ@ville.example")
    office.hear(told(place()), *colleagues(2))
    office.hear(told(place(registration_id=OTHERS[5], person=wide)))
    assert office.log[-1]["state"] == "held"


def test_what_a_stranger_cannot_bring_about_comes(office) -> None:
    office.hear(*colleagues(3))
    office.hear(told(place(RegistrationPromoted, granted=("atelier-1",))))
    assert office.log[-1]["state"] == "sent"


def test_a_confirmed_address_has_them_all(office) -> None:
    office.hear(told(place()))
    office.hear(told(CONFIRMED))
    office.hear(*colleagues(4))
    assert states(office) == [("sent", None)] * 5


def test_an_erasure_takes_it_along(office) -> None:
    office.hear(told(place()))
    office.hear(told(CONFIRMED))
    erased = AttendeeErased(registration_id=REGISTRATION, erased_at=place().conference.starts_at)
    office.hear(told(erased))
    office.hear(told(CONFIRMED))
    with office.database.read() as connection:
        assert connection.execute(ConfirmedAddress.__table__.select()).all() == []


def test_another_address_is_not_held_back(office) -> None:
    office.hear(*colleagues(4))
    office.hear(told(place(RegistrationLinkRequested, person=person(email="lea@ville.example"))))
    assert office.log[-1]["state"] == "sent"


def test_a_letter_says_until_when_the_place_is_kept(office) -> None:
    office.hear(told(place(confirm_by=now() + timedelta(minutes=30))))
    assert "Merci de confirmer votre adresse" in text_of(office.mails[0])


def test_a_letter_of_a_place_that_is_kept_for_good_asks_nothing(office) -> None:
    office.hear(told(place()))
    assert "confirmer votre adresse" not in text_of(office.mails[0])


def test_who_was_late_reads_why(office) -> None:
    gone = place(RegistrationCancelled, status="cancelled", seats=(), revision=2)
    office.hear(
        told(gone.model_copy(update={"why": "not-confirmed"})),
        told(gone.model_copy(update={"revision": 3})),
    )
    late, own = (text_of(mail) for mail in office.mails)
    assert "n’a pas été ouvert à temps" in late
    assert "n’a pas été ouvert à temps" not in own

"""Whatever people read is written from the newest programme; a cancelled day is told once."""

from datetime import timedelta
from threading import Thread

from deploy.local.misbehaviour import Misbehaviour
from services.notifications.base import known_programmes
from services.notifications.delivery import handover
from services.notifications.occasions import announcements, notices
from services.notifications.occasions.announcements import Draft
from shared.bus.deadletters import replay
from shared.events.registration import (
    RegistrationChanged,
    RegistrationPromoted,
)
from tests.notifications.programmes import (
    FIRST,
    PARIS,
    SLUG,
    SOON,
    attached,
    cancelled,
    changed,
    letter,
    programme,
    published,
    sent,
    someone,
    text,
)


def test_an_older_programme_never_takes_a_newer_one_s_place(crowd) -> None:
    second, third = programme(2, a={"room": "Salle 2"}), programme(3, a={"room": "Salle 3"})
    late = changed(second, FIRST, tell=False)
    crowd.hear(changed(third, second, tell=False))
    crowd.hear(late)
    crowd.hear(someone(1, kind=RegistrationChanged, revision=2, programme_version=3))
    assert "Salle 3" in text(letter(crowd, "changed"))


def test_a_letter_that_waits_is_written_from_the_newest_programme(crowd) -> None:
    second = programme(2, a={"room": "Salle 2"}, of={"venue": "La grange"})
    crowd.receive(someone(5), changed(second, FIRST))
    crowd.work()
    assert "Salle 2" in text(letter(crowd, "confirmed", 5))
    assert "La grange" in text(letter(crowd, "confirmed", 5))
    assert "Salle République" not in text(letter(crowd, "confirmed", 5))
    assert sent(crowd) == ["r1", "r2", "r3", "r5"]  # whoever registered had read the old one


def test_what_was_refused_is_not_tried_again_for_a_cancelled_day(crowd) -> None:
    crowd.sink.misbehaviour = Misbehaviour("550", times=1)
    crowd.hear(someone(5))
    crowd.hear(cancelled(programme(2)))
    with crowd.database.begin() as connection:
        replay(connection, None)
    crowd.work()
    assert sent(crowd, "confirmed").count("r5") == 0
    assert sent(crowd, "day-cancelled").count("r5") == 1


def test_a_letter_is_written_anew_when_the_programme_changes_on_its_way(crowd, monkeypatch) -> None:
    change = changed(programme(2, a={"room": "Salle 2"}), FIRST, tell=False)
    hand_over = handover._hand_over  # noqa: SLF001  between writing and the final dot
    seen: list[bool] = []

    def change_first(resources, *rest):
        if not seen:
            seen.append(True)
            with crowd.database.begin() as connection:
                notices.follow(connection, change)
        return hand_over(resources, *rest)

    monkeypatch.setattr(handover, "_hand_over", change_first)
    crowd.hear(someone(5))
    assert "Salle 2" in text(letter(crowd, "confirmed", 5))
    assert sent(crowd, "confirmed").count("r5") == 1


def test_a_cancelled_day_is_told_once_to_whom_it_was_for(crowd) -> None:
    crowd.hear(cancelled(programme(2)))
    assert sent(crowd, "day-cancelled") == ["r1", "r2", "r3"]
    mail = letter(crowd, "day-cancelled")
    assert mail["Subject"].startswith("Annulée\u202f: ")
    assert "Les trains sont en grève." in text(mail)
    assert "METHOD:CANCEL" in attached(mail)["removed.ics"]
    assert [job for job in crowd.jobs if "reminder" in job["type"]] == []
    crowd.hear(
        someone(3, kind=RegistrationPromoted, granted=("a",), revision=2),
        someone(8, programme_version=1),
    )
    assert sent(crowd, "promoted") == []
    assert sent(crowd, "confirmed") == ["r1", "r2"]
    assert sent(crowd, "day-cancelled") == ["r1", "r2", "r3", "r8"]
    draft = Draft("Remboursement", "Bonjour {{ first_name }}", "expected")
    number = announcements.save(crowd.database, SLUG, None, draft, "boss@example.org")
    assert number is not None
    announcements.send(crowd.database, SLUG, number)
    crowd.work()
    assert sent(crowd, "announcement") == ["r1", "r2", "r3", "r8"]


def test_a_notice_that_waits_gives_way_to_the_cancellation(crowd) -> None:
    crowd.hear(changed(programme(2, of={"venue": "La grange"}), FIRST), cancelled(programme(3)))
    assert sent(crowd) == []
    assert sent(crowd, "day-cancelled") == ["r1", "r2", "r3"]


def test_reminders_go_by_the_newest_day(crowd) -> None:
    crowd.hear(changed(programme(2, day=SOON + timedelta(days=2)), FIRST, tell=False))
    timers = [job for job in crowd.jobs if job["type"] == "notifications.reminder-due"]
    assert sorted(job["subject"] for job in timers) == ["r1", "r2"]
    due = {job["next_at"].astimezone(PARIS).date() for job in timers}
    assert due == {SOON.date() - timedelta(days=5)}
    crowd.make_due()
    crowd.work()
    assert sent(crowd, "reminder") == ["r1", "r2"]
    assert f"{(SOON + timedelta(days=2)).day} " in text(letter(crowd, "reminder"))


def test_a_day_moved_into_the_past_reminds_nobody(crowd) -> None:
    crowd.hear(changed(programme(2, day=SOON - timedelta(days=40)), FIRST, tell=False))
    assert [job for job in crowd.jobs if job["type"] == "notifications.reminder-due"] == []


def test_an_organiser_s_message_says_the_day_as_it_is(crowd) -> None:
    crowd.hear(changed(programme(2, of={"venue": "La grange"}), FIRST, tell=False))
    draft = Draft("Nouvelle", "Rendez-vous : {{ venue_name }}, {{ date }}", "confirmed")
    number = announcements.save(crowd.database, SLUG, None, draft, "boss@example.org")
    assert number is not None
    announcements.send(crowd.database, SLUG, number)
    crowd.work()
    assert "Rendez-vous : La grange" in text(letter(crowd, "announcement"))


def test_a_day_made_again_under_the_same_address_begins_anew(office) -> None:
    """A draft was deleted, or the publisher restored from a backup: its versions count again."""
    old = programme(7, of={"venue": "La grange"}, a={"room": "Salle 7"})
    office.hear(published(old))
    again = published(FIRST)
    office.hear(again.model_copy(update={"time": again.time + timedelta(minutes=2)}), someone(1))
    assert "Palais des congrès" in text(letter(office, "confirmed"))
    office.hear(changed(programme(2, a={"room": "Salle 2"}), FIRST))
    assert sent(office) == ["r1"]


def test_a_programme_waits_for_who_is_writing_of_the_day(crowd) -> None:
    """Else who follows it to people could pass by somebody who is noted with the one before."""
    change = changed(programme(2, a={"room": "Salle 2"}), FIRST)

    def note() -> None:
        with crowd.database.begin() as connection:
            known_programmes.note(connection, change)

    other = Thread(target=note)
    with crowd.database.begin() as connection:
        assert known_programmes.hold(connection, SLUG).version == 1
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    with crowd.database.read() as connection:
        assert known_programmes.read(connection, SLUG).version == 2

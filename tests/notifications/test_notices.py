"""Whom a change concerns is told of it, once; nobody else is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.notifications.delivery import handover
from services.notifications.occasions import announcements, notices
from services.notifications.occasions.announcements import Draft
from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.events.registration import (
    AttendeeErased,
    Programme,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationLinkRequested,
)
from tests.notifications.day import at, person, seat
from tests.notifications.day import told as told_of
from tests.notifications.programmes import (
    FIRST,
    SLUG,
    SOON,
    attached,
    changed,
    letter,
    programme,
    published,
    sent,
    session,
    someone,
    text,
)


@pytest.mark.parametrize(
    ("after", "people"),
    [
        (programme(2, a={"room": "Salle 2"}), ["r1", "r3"]),
        (programme(2, b={"title": "Autrement"}), ["r2"]),
        (programme(2, b={"venue": "Un bateau", "address": "Paris"}), ["r2"]),
        (programme(2, without="b"), ["r2"]),
        (programme(2, plenary={"room": "Salle 2"}), ["r1", "r2", "r3"]),
        (programme(2, of={"venue": "La grange"}), ["r1", "r2", "r3"]),
        (programme(2, day=SOON + timedelta(days=1)), ["r1", "r2", "r3"]),
        (programme(2, a={"capacity": 7}, of={"organiser": "Autrui"}), []),
    ],
)
def test_whom_it_concerns_is_told_once_and_nobody_else(crowd, after, people) -> None:
    said = changed(after, FIRST)
    crowd.hear(said)
    assert sent(crowd) == people
    crowd.hear(said)
    assert sent(crowd) == people
    assert {job["lane"] for job in crowd.jobs if "notice" in job["type"]} <= {"bulk"}


def test_the_notice_says_what_was_and_what_is(crowd) -> None:
    after = programme(
        2,
        day=SOON + timedelta(days=1),
        a={"room": "Salle 2", "title": "L'avenir"},
        of={"venue": "La grange"},
    )
    crowd.hear(changed(after, FIRST, note="Désolés du dérangement."))
    mail = letter(crowd)
    said = text(mail)
    assert mail["Subject"].startswith("Nouvelle date, ")
    for word in ("Salle République", "Salle 2", "La grange", "L’avenir", "Désolés du dérangement."):
        assert word in said
    assert "avant : Palais des congrès de Montreuil" in said
    assert said.count("Salle 2") >= 2  # in the change, and in the person's day
    calendar = attached(mail)["calendar.ics"]
    assert "SUMMARY:L'avenir" in calendar
    assert "LOCATION:Salle 2\\, La grange" in calendar
    assert calendar.count("SEQUENCE:3") == 2  # revision 1 and version 2; also of what all attend
    assert "r1.plenary" in calendar
    assert "badge.pdf" in [part.get_filename() for part in mail.iter_attachments()]


def later(*names: str, **fields) -> Programme:
    """The day with new sessions in its afternoon."""
    first = programme(2)
    times = {"starts_at": at(15, day=SOON), "ends_at": at(16, day=SOON)}
    new = tuple(session(name, **{**times, **fields}) for name in names)
    return first.model_copy(update={"sessions": (*first.sessions, *new)})


def test_who_has_not_chosen_in_a_new_slot_is_asked_to(crowd) -> None:
    after = later("c", "d", required=True)
    crowd.hear(changed(after, FIRST))
    assert sent(crowd) == ["r1", "r2", "r3"]
    mail = letter(crowd)
    said = text(mail)
    assert "Nouveau : Atelier : c, 15 h – 16 h" in said
    assert "faites-le sur votre page" in said
    assert "/r/" in said
    assert "faites-le sur votre page" in mail.get_body(("html",)).get_content()


def test_what_is_new_for_all_is_said_and_asks_nothing(crowd) -> None:
    crowd.hear(changed(later("talk", chosen=False), FIRST))
    assert sent(crowd) == ["r1", "r2", "r3"]
    said = text(letter(crowd))
    assert "Nouveau : Atelier : talk" in said
    assert "faites-le sur votre page" not in said


def test_in_english_too(office) -> None:
    office.hear(published(FIRST), someone(1, person=person(locale="en")))
    office.hear(changed(programme(2, a={"room": "Room 2"}), FIRST))
    mail = letter(office)
    assert mail["Subject"].startswith("What has changed: ")
    assert "before: Salle République" in text(mail)
    assert "now: Room 2" in text(mail)


def test_what_is_gone_leaves_the_calendar_and_does_not_come_back(crowd) -> None:
    gone, back = programme(2, without="b"), programme(3)
    crowd.hear(changed(gone, FIRST))
    mail = letter(crowd, number=2)
    assert "Atelier : b : n’a plus lieu" in text(mail)
    assert "METHOD:CANCEL" in attached(mail)["removed.ics"]
    assert "r2.b" in attached(mail)["removed.ics"]
    crowd.hear(changed(back, gone, tell=False))
    draft = Draft("Nouvelle", "{% for s in sessions %}{{ s.title }}{% endfor %}!", "session:b")
    number = announcements.save(crowd.database, SLUG, None, draft, "boss@example.org")
    assert number is not None
    announcements.send(crowd.database, SLUG, number)
    crowd.work()
    assert sent(crowd, "announcement") == []


def test_there_and_back_before_anybody_is_told_is_nothing(crowd) -> None:
    away = programme(2, a={"room": "Salle 2"})
    crowd.hear(changed(away, FIRST), changed(programme(3), away))
    assert sent(crowd) == []


def test_two_notices_at_once_are_one_email_that_says_both(crowd) -> None:
    second = programme(2, a={"room": "Salle 2"})
    third = programme(3, a={"room": "Salle 3", "title": "Autrement"})
    crowd.hear(changed(second, FIRST, note="Un."), changed(third, second, note="Deux."))
    assert sent(crowd) == ["r1", "r3"]
    said = text(letter(crowd))
    assert "Salle 3" in said
    assert "Salle 2" not in said
    assert "Un." in said
    assert "Deux." in said
    fourth = programme(4, a={"room": "Salle 4", "title": "Autrement"})
    crowd.hear(changed(fourth, third))
    assert "avant : Salle 3" in text(letter(crowd))


def test_an_untold_change_is_told_with_the_next_notice_alone(crowd) -> None:
    second = programme(2, a={"room": "Salle 2"})
    crowd.hear(changed(second, FIRST, tell=False))
    assert sent(crowd) == []
    crowd.hear(changed(second, FIRST))  # told later: of the same version
    assert sent(crowd) == ["r1", "r3"]


def test_who_registered_after_the_change_has_read_it(crowd) -> None:
    second = programme(2, a={"room": "Salle 2"})
    crowd.hear(changed(second, FIRST, tell=False), someone(5, programme_version=2))
    crowd.hear(changed(second, FIRST))
    assert sent(crowd) == ["r1", "r3"]


def test_whose_event_is_filed_after_the_notice_is_told_once(crowd) -> None:
    second = programme(2, a={"room": "Salle 2"})
    crowd.hear(changed(second, FIRST))
    crowd.hear(someone(5), someone(6, "b"), someone(7, programme_version=2))
    assert sent(crowd) == ["r1", "r3", "r5"]


def test_who_has_cancelled_is_not_told_though_that_waits_in_the_inbox(crowd) -> None:
    gone = someone(1, kind=RegistrationCancelled, status="cancelled", revision=2)
    crowd.receive(changed(programme(2, a={"room": "Salle 2"}), FIRST), gone)
    with crowd.database.begin() as connection:
        its_job = update(JobRow).where(JobRow.key == str(gone.id))
        connection.execute(its_job.values(next_at=SOON))
    crowd.work()
    assert sent(crowd) == ["r3"]
    assert [row["reason"] for row in crowd.log if row["state"] == "skipped"] == ["no-longer-comes"]


@pytest.mark.parametrize("moment", ["filing", "sending", "recording"])
def test_a_worker_that_fails_in_the_middle_of_telling(crowd, monkeypatch, moment) -> None:
    monkeypatch.setattr(notices, "PAGE", 1)
    crowd.hear(*(someone(number) for number in range(10, 16)))
    place_, name = {
        "filing": (notices, "_file_notice"),
        "sending": (handover, "_hand_over"),
        "recording": (handover, "_record"),
    }[moment]
    real, calls = getattr(place_, name), []

    def failing(*given):
        calls.append(True)
        if len(calls) % 3 == 0:
            raise RuntimeError("killed")
        return real(*given)

    monkeypatch.setattr(place_, name, failing)
    crowd.hear(changed(programme(2, of={"venue": "La grange"}), FIRST))
    for _ in range(8):
        crowd.make_due()
        crowd.work()
    monkeypatch.undo()
    told = [row for row in crowd.log if row["kind"] == "notice"]
    people = ["r1", "r2", "r3", *(f"r{number}" for number in range(10, 16))]
    assert sorted(row["registration_id"] for row in told) == sorted(people)
    assert {row["state"] for row in told} <= {"sent", "ambiguous"}
    ids = [mail["Message-ID"] for mail in crowd.mails]
    assert len(ids) == len(set(ids))
    assert {row["message_id"] for row in told} <= set(ids)


def test_a_day_of_which_no_event_was_ever_heard(office) -> None:
    """People of an older log: the places say what the day is, the notice what differs."""
    office.hear(someone(1, programme_version=0), someone(2, "b", programme_version=0))
    second = programme(2, a={"room": "Salle 2"})
    office.hear(changed(second, FIRST))
    assert sent(office) == ["r1"]
    assert "avant : Salle République" in text(letter(office))


def test_whoever_is_erased_is_not_told(crowd) -> None:
    erased = AttendeeErased(registration_id="r1", erased_at=now())
    crowd.receive(changed(programme(2, a={"room": "Salle 2"}), FIRST), told_of(erased))
    crowd.work()
    assert sent(crowd) == ["r3"]


def test_sessions_that_now_overlap_are_kept_and_asked_about(office) -> None:
    afternoon = {"starts_at": at(14, day=SOON), "ends_at": at(16, day=SOON)}
    first = programme(1).sessions
    before = programme(1).model_copy(
        update={"sessions": (first[0], first[1].model_copy(update=afternoon), first[2])}
    )
    seats = (
        seat("a", day=SOON),
        seat("b", day=SOON).model_copy(update=afternoon),
    )
    office.hear(published(before), someone(1, seats=seats))
    office.hear(changed(programme(2), before))
    assert "désormais lieu en même temps" in text(letter(office))


@pytest.mark.parametrize(
    "event",
    [
        someone(1, kind=RegistrationChanged, revision=2, programme_version=2, tell="nothing"),
        someone(1, kind=RegistrationLinkRequested, programme_version=2),
    ],
)
def test_who_was_not_written_to_of_the_day_still_has_to_be_told(crowd, event) -> None:
    second = programme(2, a={"room": "Salle 2"})
    crowd.hear(changed(second, FIRST, tell=False), event)
    crowd.hear(changed(second, FIRST))
    assert sent(crowd) == ["r1", "r3"]

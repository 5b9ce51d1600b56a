"""A message to a group is one email to each of it, exactly once, whatever is done twice."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.notifications.base.tables import KnownPlace
from services.notifications.occasions import announcements, audiences
from services.notifications.occasions.announcements import AnnouncementSent, Draft
from services.notifications.service import service
from shared.base.clock import now
from shared.events.registration import (
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendeeErased,
    RegistrationCancelled,
    RegistrationWaitlisted,
)
from tests.notifications.day import at, conference, person, place, seat, told
from tests.notifications.programmes import SOON, programme, published
from tests.notifications.programmes import someone as of_the_day

SLUG = "journee-nationale-2019"


def someone(number: int, kind=None, **changes):
    them = person(first_name=f"Zoé{number}", email=f"zoe{number}@ville.example")
    fields = {"registration_id": f"r{number}", "person": them, **changes}
    return told(place(kind, **fields) if kind else place(**fields))


def present(number: int):
    data = AttendanceRecorded(
        registration_id=f"r{number}", conference=SLUG, direction="in", at=now()
    )
    return told(data)


def seen(number: int, came_at: datetime, **fields):
    data = {"registration_id": f"r{number}", "conference": SLUG, "direction": "in"}
    return told(AttendanceRecorded(**data, at=came_at, came_at=came_at, **fields))


def unseen(number: int):
    fields = {"registration_id": f"r{number}", "conference": SLUG, "session": "plenary"}
    return told(AttendanceWithdrawn(**fields))


@pytest.fixture
def crowd(office):
    waiting = seat("atelier-3", "waiting", rank=1)
    office.hear(
        someone(1),
        someone(2, seats=(seat("atelier-2"),)),
        someone(3, RegistrationWaitlisted, status="waitlisted", seats=(waiting,)),
        someone(4, RegistrationCancelled, status="cancelled", seats=()),
        someone(5, conference=conference(slug="other")),
        # Its event names the seats that are given back.
        someone(6, RegistrationCancelled, status="cancelled", seats=(seat("atelier-2"),)),
        present(2),
        present(4),
        present(9),  # of whom nothing else is known yet
    )
    return office


def test_late_is_who_came_after_what_they_were_expected_at_had_begun(office) -> None:
    workshop = {"counts": True, "starts_at": at(10, day=SOON)}
    office.hear(published(programme(plenary={"counts": True}, a=workshop)))
    office.hear(*(of_the_day(n, seats=(seat("a", day=SOON),)) for n in (1, 2)))
    office.hear(of_the_day(3, seats=()), of_the_day(4, seats=()))
    first = at(9, 30, day=SOON)
    came = {1: 0, 2: 2, 3: 31, 4: None}
    for number, minutes in came.items():
        if minutes is not None:
            office.hear(seen(number, first + timedelta(minutes=minutes)))
    assert group_of(office, "late") == ["r2", "r3"]
    assert group_of(office, "absent") == ["r4"]
    # Written on paper: the second was there from the beginning, and the third never was.
    office.hear(seen(2, first, source="hand"), unseen(3))
    assert group_of(office, "late") == []
    assert group_of(office, "absent") == ["r3", "r4"]


def test_what_was_said_before_does_not_undo_what_was_said_since(office) -> None:
    office.hear(of_the_day(1))
    then = unseen(1)
    office.hear(seen(1, at(9, 30, day=SOON)), then)
    assert group_of(office, "absent") == []


def group_of(office, audience: str) -> list[str]:
    with office.database.read() as connection:
        conditions = audiences.group(connection, SLUG, audience)
        found = select(KnownPlace.registration_id).where(*conditions)
        return sorted(connection.execute(found).scalars())


def send(office, audience: str, body: str = "Bonjour {{ first_name }}") -> int:
    draft = Draft("Nouvelle", body, audience)
    number = announcements.save(office.database, SLUG, None, draft, "boss@example.org")
    assert number is not None
    assert announcements.send(office.database, SLUG, number)
    return number


def told_of(office) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec for mail in news(office))


def news(office):
    return [mail for mail in office.mails if mail["Subject"] == "Nouvelle"]


@pytest.mark.parametrize(
    ("audience", "numbers"),
    [
        ("confirmed", [1, 2]),
        ("waitlisted", [3]),
        ("expected", [1, 2, 3]),
        ("present", [2, 4]),
        ("absent", [1]),
        ("session:atelier-2", [2]),
        ("session:atelier-3", []),
        ("session:atelier_2", []),
        ("session:%", []),
    ],
)
def test_each_of_the_group_has_it_and_nobody_else(crowd, audience, numbers) -> None:
    with crowd.database.read() as connection:
        assert announcements.size(connection, SLUG, audience) == len(numbers)
    send(crowd, audience)
    crowd.work()
    assert told_of(crowd) == [f"zoe{number}@ville.example" for number in numbers]


def test_it_is_sent_once_whatever_is_done_twice(crowd, monkeypatch) -> None:
    monkeypatch.setattr(announcements, "PAGE", 1)
    number = send(crowd, "confirmed")
    assert not announcements.send(crowd.database, SLUG, number)
    crowd.work()
    with crowd.database.begin() as connection:  # a worker died after filing: it is filed again
        announcements.file_page(connection, AnnouncementSent(announcement_id=number))
    crowd.work()
    assert len(news(crowd)) == 2
    with crowd.database.read() as connection:
        assert announcements.read(connection, number).recipients == 2
    assert [row["announcement_id"] for row in crowd.log if row["kind"] == "announcement"] == [
        number
    ] * 2


def test_it_delays_nobody(crowd) -> None:
    send(crowd, "confirmed")
    lanes = {job["type"]: job["lane"] for job in crowd.jobs}
    crowd.work()
    lanes |= {job["type"]: job["lane"] for job in crowd.jobs}
    assert lanes["notifications.announcement-sent"] == "bulk"
    assert lanes["notifications.announcement-due"] == "bulk"


def test_whoever_left_the_group_meanwhile_is_left_alone(crowd) -> None:
    number = send(crowd, "confirmed")
    with crowd.database.begin() as connection:
        announcements.file_page(connection, AnnouncementSent(announcement_id=number))
    crowd.receive(someone(1, RegistrationCancelled, status="cancelled", seats=(), revision=2))
    erased = AttendeeErased(registration_id="r2", erased_at=now())
    crowd.receive(told(erased))
    crowd.work()
    # What is about one person goes before what is for many: both have left before it is their turn.
    assert news(crowd) == []
    messages = [row for row in crowd.log if row["kind"] == "announcement"]
    assert [(row["registration_id"], row["state"], row["reason"]) for row in messages] == [
        ("r1", "skipped", "left-the-group")
    ]
    assert {row["recipient"] for row in crowd.log if row["registration_id"] == "r2"} == {""}


def test_the_badge_comes_with_it_where_it_is_asked_for(crowd) -> None:
    send(crowd, "session:atelier-2", "Voici :\n\n{{ badge }}")
    crowd.work()
    [mail] = news(crowd)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["badge.pdf"]
    assert "K7PX-4MDR" in mail.get_body(("plain",)).get_content()


def test_a_draft_that_was_sent_is_neither_changed_nor_thrown_away(crowd) -> None:
    number = send(crowd, "confirmed")
    assert announcements.save(crowd.database, SLUG, number, Draft(), "x") is None
    assert announcements.save(crowd.database, "other", number, Draft(), "x") is None
    announcements.discard(crowd.database, SLUG, number)
    with crowd.database.read() as connection:
        assert announcements.read(connection, number).subject == "Nouvelle"


def test_the_lanes_said_here_are_the_service_s() -> None:
    assert announcements.LANES.items() <= service.lanes.items()

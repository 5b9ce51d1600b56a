"""Certificates beside the day's: one a workshop, one a speaker, as the organiser chooses."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.certificates.badges.credential import credential
from services.certificates.base.links import Links
from services.certificates.base.settings import CertificatesSettings
from services.certificates.issuing import asking, orders
from services.certificates.issuing.choices import NEITHER, Choice
from shared.events import Event, new_event
from shared.events.registration import AttendedSession, Person, SpeakerCertified, SpeakerErased
from tests.certificates.service_doubles import STARTS, House, certified, erased

SLUG = "journee-2026"
SPEAKER = UUID("00000000-0000-5000-8000-0000000000aa")


def choose(house: House, *, workshops: bool = False, speakers: bool = False) -> None:
    asking.choose_and_ask(house.database, SLUG, Choice(workshops, speakers))


def spoke(name: str = "Pascal PICQ") -> Event[SpeakerCertified]:
    talk = AttendedSession(
        session="keynote",
        title="Innover",
        kind="keynote",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=2),
        minutes=120,
    )
    data = SpeakerCertified(
        speaker_id=str(SPEAKER),
        person=Person(first_name="", last_name=name, email=""),
        conference=certified().data.conference,
        sessions=(talk,),
        minutes=120,
    )
    return new_event("registration", data, subject=str(SPEAKER), id=SPEAKER)


def of(house: House, state: str = "valid") -> list[tuple[str, str]]:
    return sorted(
        (record.variant, record.session) for record in house.records() if record.state == state
    )


def test_only_the_day_unless_more_is_chosen(house: House) -> None:
    house.issue(certified(), spoke())
    assert of(house) == [("day", "")]


def test_each_workshop_is_certified_with_the_day_and_told_once(house: House) -> None:
    choose(house, workshops=True)
    house.issue(certified(sessions=2))
    assert of(house) == [("day", ""), ("session", "s1"), ("session", "s2")]
    first = next(record for record in house.records() if record.session == "s1")
    assert (first.minutes, [each.title for each in first.attended.sessions]) == (45, ["Atelier 1"])
    assert [event["type"] for event in house.published()] == ["certificate.issued"]
    assert len({record.code for record in house.records()}) == 3


def test_a_correction_replaces_each_and_what_was_not_attended_after_all(house: House) -> None:
    choose(house, workshops=True)
    house.issue(certified(sessions=2))
    house.issue(certified(attendance_version=2, sessions=1))
    assert of(house) == [("day", ""), ("session", "s1")]
    day = house.record("r-1", 1)
    superseded = {record.session: record for record in house.records() if record.superseded_by}
    new = {record.id: record for record in house.records() if record.attendance_version == 2}
    assert new[superseded["s1"].superseded_by or ""].session == "s1"
    assert new[superseded["s2"].superseded_by or ""].variant == "day"
    assert day.attendance_version == 1


def test_whoever_was_being_issued_their_day_as_more_was_chosen_gets_it_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(house, workshops=True)
    house.work()
    with monkeypatch.context() as patched:
        patched.setattr(orders, "choice_of", lambda *_: NEITHER)  # as it was read just before
        house.issue(certified(sessions=1))
    assert of(house) == [("day", "")]
    house.at_once()
    house.work()
    assert of(house) == [("day", ""), ("session", "s1")]


def test_what_is_chosen_after_the_day_is_issued_then(house: House) -> None:
    house.issue(certified(sessions=2), certified("r-2", sessions=1), spoke())
    choose(house, workshops=True, speakers=True)
    house.work()
    assert of(house) == [("day", "")] * 2 + [
        ("session", "s1"),
        ("session", "s1"),
        ("session", "s2"),
        ("speaker", ""),
    ]
    choose(house, workshops=True, speakers=True)
    assert house.work() == 0, "nothing is new in the choice"


def test_a_speaker_is_named_as_in_the_programme(house: House) -> None:
    choose(house, speakers=True)
    house.issue(spoke())
    [record] = house.records()
    assert (record.variant, record.holder, record.minutes) == ("speaker", "Pascal PICQ", 120)
    assert house.published() == [], "there is nobody to write to"


def test_erasing_reaches_the_workshops(house: House) -> None:
    choose(house, workshops=True)
    house.issue(certified(sessions=2))
    house.issue(erased())
    assert house.files() == []
    assert of(house, "erased") == [("day", ""), ("session", "s1"), ("session", "s2")]


def test_badge_and_verification_say_what_each_is_about(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    choose(house, workshops=True, speakers=True)
    house.issue(certified(sessions=1), spoke())
    links = Links(settings.public_url)
    told, ids = {}, set()
    for record in house.records():
        subject = credential(record, links, "did:web:x", 1, "json")["credentialSubject"]
        page = browser.get(f"/verify/{record.code}?lang=en").text
        about = re.findall(r"<dt>(?:Workshop|About)</dt><dd>(.*?)</dd>", page)
        told[record.variant] = (subject["achievement"]["name"], subject["narrative"], about)
        ids.add(subject["achievement"]["id"])
    title = certified().data.conference.title
    assert told == {
        "day": (title, "0\u202fh\u202f45\u00a0: Atelier 1", []),
        "session": (f"Atelier 1 ({title})", "0\u202fh\u202f45\u00a0: Atelier 1", ["Atelier 1"]),
        "speaker": (
            f"Innover ({title})",
            "2\u202fh\u202f00\u00a0: Innover",
            ["A contribution as a speaker"],
        ),
    }
    assert len(ids) == 3


def test_a_speaker_who_is_forgotten_has_none_and_is_nowhere(house: House) -> None:
    choose(house, speakers=True)
    house.issue(spoke(), certified())
    assert len(house.files()) == 2
    data = SpeakerErased(conference=SLUG, speaker_id=str(SPEAKER), erased_at=STARTS)
    house.issue(new_event("registration", data, subject=str(SPEAKER)))
    assert of(house) == [("day", "")]
    assert len(house.files()) == 1
    with house.database.read() as connection:
        tables = ("certificate", "speaker", "job", "event")
        kept = [
            tuple(row)  # a row's own words are cut short
            for table in tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608  the names are above
        ]
    assert "PICQ" not in repr(kept)
    choose(house, speakers=False)
    choose(house, speakers=True)
    house.work()
    assert of(house) == [("day", "")]

"""The calendar file, read back by another program than the one that made it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Timezone

from shared.handouts.calendar import entries, held_entries, published, withdrawn
from shared.handouts.zone import zone_rules
from tests.shared.handed_out import BOAT, NOW, PROGRAMME, at, place, session


def events_of(content: bytes) -> list:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_exactly_the_held_sessions_are_published() -> None:
    calendar = Calendar.from_ical(published(place(), NOW))
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "r1.atelier-1"
    assert event["SEQUENCE"] == 3
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Atelier 1 : « Des territoires d'innovation »"
    assert event["DTSTART"].dt == at(9, 15)
    assert event["DTSTART"].dt.utcoffset().total_seconds() == 3600
    assert event["DTEND"].dt == at(12, 15)
    assert event["DTSTAMP"].dt == NOW
    assert event["ORGANIZER"] == "mailto:contact@villes.example"
    assert "ATTENDEE" not in event  # RFC 5546, 3.2.1: not in what is published


def test_an_organiser_s_domain_beyond_ascii_is_one_that_calendars_know() -> None:
    there = place().conference.model_copy(update={"contact_email": "contact@straße.example"})
    [event] = events_of(published(place(conference=there), NOW))
    assert event["ORGANIZER"] == "mailto:contact@xn--strae-oqa.example"


def test_the_location_names_the_room_and_says_the_town_once() -> None:
    [event] = events_of(published(place(), NOW))
    location = "Salle République, Palais des congrès de Montreuil, 128 rue de Paris"
    assert event["LOCATION"] == location
    elsewhere = place().conference.model_copy(update={"city": "Bagnolet"})
    [event] = events_of(published(place(conference=elsewhere), NOW))
    assert event["LOCATION"] == f"{location}, Bagnolet"


def test_the_whole_day_is_published_in_its_order() -> None:
    events = events_of(published(place(), NOW, PROGRAMME))
    assert [event["UID"] for event in events] == ["r1.ouverture", "r1.atelier-1", "r1.cloture"]
    assert events[0]["SUMMARY"] == "Ouverture"
    assert events[0]["LOCATION"].startswith("Auditorium, Palais des congrès")
    assert "DTEND" not in events[2]


def test_what_all_attend_is_there_without_a_choice_but_not_without_a_place() -> None:
    assert [entry.uid for entry in entries(place(seats=()), PROGRAMME)] == [
        "r1.ouverture",
        "r1.cloture",
    ]
    [held] = entries(place(status="waitlisted"), PROGRAMME)
    assert held.uid == "r1.atelier-1"
    assert entries(place(status="cancelled"), PROGRAMME) == ()
    given_back = held_entries(place(status="cancelled"), PROGRAMME)
    assert [entry.uid for entry in given_back] == ["r1.ouverture", "r1.atelier-1", "r1.cloture"]


def test_every_entry_counts_the_changes_of_the_person_and_of_the_programme() -> None:
    events = events_of(published(place(programme_version=7), NOW, PROGRAMME))
    assert [event["SEQUENCE"] for event in events] == [10, 10, 10]
    [entry, *_] = entries(place(), PROGRAMME)
    [event] = events_of(withdrawn(place(programme_version=8), entry, NOW))
    assert event["SEQUENCE"] == 11


def test_a_session_elsewhere_is_not_in_the_town_of_the_day() -> None:
    [seat, _] = place().seats
    party = seat.model_copy(update={"room": None, **BOAT})
    [event] = events_of(published(place(seats=(party,)), NOW))
    assert event["LOCATION"] == "River's King, Paris"
    on_deck = session("soiree", at(18), at(23), room="Pont supérieur", **BOAT)
    [*_, event] = events_of(published(place(), NOW, (on_deck,)))
    assert event["LOCATION"] == "Pont supérieur, River's King, Paris"


def test_the_personal_link_stays_out_of_calendars() -> None:
    assert b"secret" not in published(place(), NOW)


def test_summer_begins_when_the_clocks_of_the_place_show_two() -> None:
    [zone] = Calendar.from_ical(published(place(), NOW)).walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Paris"
    onsets = {
        part.name: [part[name].to_ical() for name in ("DTSTART", "RDATE")]
        for part in zone.subcomponents
    }
    assert onsets == {
        "DAYLIGHT": [b"20180325T020000", b"20190331T020000"],
        "STANDARD": [b"20181028T030000", b"20191027T030000"],
    }


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Paris",
        "America/New_York",
        "Asia/Kolkata",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
    ],
)
def test_the_rules_written_are_those_of_the_zone(name: str) -> None:
    written = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{zone_rules(name, 2027)}END:VCALENDAR")
    zones = [rules for rules in written.walk("VTIMEZONE") if isinstance(rules, Timezone)]
    [read] = [rules.to_tz(lookup_tzid=False) for rules in zones]
    for day in range(366):
        noon = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        there = noon.replace(tzinfo=ZoneInfo(name))
        assert noon.replace(tzinfo=read).utcoffset() == there.utcoffset(), noon


def test_in_utc_no_zone_is_needed() -> None:
    conference = place().conference.model_copy(update={"timezone": "UTC"})
    content = published(place(conference=conference), NOW)
    assert b"VTIMEZONE" not in content
    assert b"DTSTART:20191107T091500Z" in content


def test_with_no_session_chosen_the_day_is_the_entry() -> None:
    [event] = events_of(published(place(seats=()), NOW))
    assert event["UID"] == "r1"
    assert event["SUMMARY"] == "Journée nationale — « L'innovation »"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (at(8), at(16))


def test_who_waits_has_no_day_yet() -> None:
    waiting = tuple(seat for seat in place().seats if seat.state == "waiting")
    assert entries(place(status="waitlisted", seats=waiting)) == ()


def test_who_cancelled_has_nothing_but_had_what_was_held() -> None:
    cancelled = place(status="cancelled")
    assert entries(cancelled) == ()
    assert [entry.uid for entry in held_entries(cancelled)] == ["r1.atelier-1"]


def test_a_cancellation_is_of_the_same_uid_with_the_new_sequence() -> None:
    [entry] = entries(place(revision=1))
    calendar = Calendar.from_ical(withdrawn(place(revision=4), entry, NOW))
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("r1.atelier-1", 4, "CANCELLED")
    assert event["DTSTART"].dt == at(9, 15)


def test_a_session_without_length_has_no_end() -> None:
    [seat, _] = place().seats
    [event] = events_of(
        published(place(seats=(seat.model_copy(update={"ends_at": seat.starts_at}),)), NOW)
    )
    assert "DTEND" not in event


def test_hostile_titles_stay_text() -> None:
    [seat, _] = place().seats
    title = "A;b,c\\d\r\nATTENDEE:mailto:x@y\x00\x07é" + "日本" * 100
    content = published(place(seats=(seat.model_copy(update={"title": title}),)), NOW)
    [event] = events_of(content)
    assert "ATTENDEE" not in event
    assert rb"SUMMARY:A\;b\,c\\d" in content
    assert event["SUMMARY"] == "A;b,c\\d  ATTENDEE:mailto:x@y  é" + "日本" * 100
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_same_place_gives_the_same_bytes() -> None:
    assert published(place(), NOW, PROGRAMME) == published(place(), NOW, PROGRAMME)

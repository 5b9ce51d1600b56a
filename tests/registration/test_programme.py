"""Programmes in YAML: what is right is read, what is wrong is named with its line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.registration.programme.document import load_programme, parse_programme
from services.registration.programme.faults import InvalidProgramme
from tests.registration.days import HEADER, programme_text

CONFERENCES = Path(__file__).parents[2] / "conferences"


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidProgramme) as error:
        parse_programme(text)
    return [str(fault) for fault in error.value.faults]


def with_session(fields: str) -> str:
    return f"{HEADER}  - {{{fields}}}\n"


def test_the_journee_nationale_as_announced() -> None:
    day = load_programme(CONFERENCES / "journee-nationale-2019.yaml")
    assert day.date == date(2019, 11, 7)
    assert day.starts_at == datetime(2019, 11, 7, 8, tzinfo=UTC)
    assert day.ends_at == datetime(2019, 11, 7, 16, tzinfo=UTC)  # the party is not the day
    workshops = [session for session in day.sessions if session.kind == "workshop"]
    assert [workshop.capacity for workshop in workshops] == [60, 50, 80, 40, 45]


def test_a_workshop_may_be_closed_or_without_a_limit() -> None:
    text = with_session("id: a, kind: workshop, title: A, from: 9:00, to: 10:00, capacity: 0")
    text += "  - {id: b, kind: workshop, title: B, from: 9:00, to: 10:00}\n"
    sessions = parse_programme(text).sessions
    closed, unlimited = [session for session in sessions if session.kind == "workshop"]
    assert (closed.capacity, closed.is_unlimited) == (0, False)
    assert (unlimited.capacity, unlimited.is_unlimited) == (None, True)


def test_every_file_that_we_ship_is_right() -> None:
    files = list(CONFERENCES.glob("*.yaml"))
    assert files
    for file in files:
        assert load_programme(file).sessions


@pytest.mark.parametrize(
    ("on", "hour"), [(date(2026, 7, 1), 8), (date(2026, 12, 1), 9)], ids=["summer", "winter"]
)
def test_a_moved_day_keeps_its_times_on_the_clock(on: date, hour: int) -> None:
    day = parse_programme(programme_text(1), on=on)
    assert day.date == on
    assert day.starts_at == datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


def test_opening_and_closing_move_with_the_day() -> None:
    text = programme_text(1).replace(
        "sessions:",
        "registration: {opens_at: 2019-09-02T09:00, closes_at: 2019-11-05T18:00}\nsessions:",
    )
    day = parse_programme(text, on=date(2019, 11, 8))
    assert day.opens_at == datetime(2019, 9, 3, 7, tzinfo=UTC)
    assert day.closes_at == datetime(2019, 11, 6, 17, tzinfo=UTC)


def test_times_may_be_unquoted_and_after_midnight() -> None:
    text = with_session("id: a, kind: party, title: A, from: 22:30, to: 01:15")
    party = parse_programme(text).sessions[-1]
    assert party.starts_at == datetime(2019, 11, 7, 21, 30, tzinfo=UTC)
    assert party.ends_at == datetime(2019, 11, 8, 0, 15, tzinfo=UTC)
    late = parse_programme(with_session("id: a, kind: party, title: A, from: 25:00, to: 26:00"))
    assert late.sessions[-1].starts_at == datetime(2019, 11, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slug: [", "line 1: file is not YAML"),
        ("a:\n  " + "[" * 5000, "line 2: file is nested too deeply"),
        ("a: " + "{a: " * 11 + "}" * 11, "line 1: file is nested too deeply"),
        ("a: 1\nb: &b [x]\nc: [*b, *b]", "line 2: file must not have anchors"),
        ("x" * 300_001, "line 1: file must have at most 300000 characters"),
        (HEADER.replace("2019-11-07", "0001-01-01"), "line 7: date must be between 1970 and 2200"),
        (HEADER.replace("2019-11-07", "9999-12-31"), "line 7: date must be between 1970 and 2200"),
        (
            HEADER.replace("sessions:", "registration: {opens_at: 0001-01-01T00:00}\nsessions:"),
            "line 10: registration.opens_at must be between 1970 and 2200",
        ),
        ("- a\n- b\n", "line 1: file must be 'name: value' lines"),
        (HEADER.replace("slug: day", "slug: The Day"), "line 1: slug must be lower-case"),
        (HEADER.replace("title: A day\n", ""), "line 1: title is required"),
        (HEADER.replace("Europe/Paris", "Paris"), "line 6: timezone must be an IANA"),
        (HEADER.replace("2019-11-07", "7/11/2019"), "line 7: date must be a date"),
        (HEADER.replace("@example.org", ""), "line 4: contact_email must be an email address"),
        (HEADER.replace("language: en", "language: de"), "line 5: language must be one of fr, en"),
        (HEADER.replace("venue:", "venu:"), "line 8: venu is not a field that is known here"),
        (HEADER.split("sessions:")[0], "line 1: sessions must be a list"),
        (
            with_session("id: a, kind: workshop, title: A, from: 9:00, to: 10:00, capacity: -2"),
            "line 12: sessions[1].capacity must be a whole number",
        ),
        (
            with_session(
                f"id: a, kind: workshop, title: A, from: 9:00, to: 10:00, capacity: {'9' * 5000}"
            ),
            "line 12: sessions[1].capacity must be a whole number",
        ),
        (
            with_session("id: a, kind: feast, title: A, from: 9:00, to: 10:00"),
            "line 12: sessions[1].kind must be one of",
        ),
        (
            with_session("id: a, kind: meal, title: A, from: noon, to: 13:00"),
            "line 12: sessions[1].from must be a time such as 09:00",
        ),
        (
            with_session("id: opening, kind: meal, title: A, from: 12:00, to: 13:00"),
            "line 12: sessions[1].id “opening” is already the id of the session in line 11",
        ),
        (
            with_session("id: a, kind: talk, title: A, from: 2:15, to: 2:45").replace(
                "2019-11-07", "2019-03-31"
            ),
            "line 12: sessions[1].from does not exist on 2019-03-31",
        ),
    ],
)
def test_a_fault_names_line_field_and_rule(text: str, expected: str) -> None:
    assert any(fault.startswith(expected) for fault in faults(text)), faults(text)


def test_all_faults_are_told_at_once() -> None:
    text = HEADER.replace("Europe/Paris", "Paris").replace("language: en", "language: de")
    assert len(faults(text)) == 2


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ('"A\\0B"', "must not contain control characters"),
        ('"A\\u202eB"', "must not contain control characters"),
        ('"A\\ud800B"', "must not contain control characters"),
        ('" "', "is required"),
        ("x" * 301, "must have at most 300 characters"),
    ],
)
def test_a_speaker_by_a_bare_name_is_checked_as_any_text(name: str, rule: str) -> None:
    session = "id: a, kind: plenary, title: A, from: 9:00, to: 10:00"
    found = faults(with_session(f"{session}, speakers: [{name}]"))
    assert any("speakers[0]" in fault and rule in fault for fault in found)


def test_a_list_of_words_is_checked_as_any_text() -> None:
    text = programme_text().replace(
        "sessions:", 'attendance: {sessions: ["a\\ud800"]}\nsessions:', 1
    )
    assert any("must not contain control characters" in fault for fault in faults(text))

"""The calendar in an email has the day of the newest programme, whole, and is newer for each change
of the programme; what is gone from it is taken out, one file each."""

from icalendar import Calendar

from tests.notifications.programmes import (
    FIRST,
    attached,
    cancelled,
    changed,
    letter,
    programme,
)


def entries(mail, name: str = "calendar.ics") -> dict[str, dict]:
    """By the id of their session."""
    events = Calendar.from_ical(attached(mail)[name]).walk("VEVENT")
    return {str(event["UID"]).partition(".")[2]: event for event in events}


def test_what_all_attend_stands_beside_what_was_chosen(crowd) -> None:
    assert list(entries(letter(crowd, "confirmed", number=1))) == ["plenary", "a"]
    assert list(entries(letter(crowd, "confirmed", number=2))) == ["plenary", "b"]
    assert attached(letter(crowd, "waitlisted", number=3)) == {}


def test_a_notice_brings_a_newer_calendar(crowd) -> None:
    before = entries(letter(crowd, "confirmed"))
    boat = {"room": None, "venue": "River's King", "address": "Paris"}
    crowd.hear(changed(programme(2, plenary=boat), FIRST))
    after = entries(letter(crowd))
    assert after["plenary"]["LOCATION"] == "River's King, Paris"
    for session, entry in after.items():
        assert entry["UID"] == before[session]["UID"]
        assert entry["SEQUENCE"] == before[session]["SEQUENCE"] + 1


def test_a_session_for_everyone_that_is_gone_leaves_every_calendar(crowd) -> None:
    crowd.hear(changed(programme(2, without="plenary"), FIRST))
    for number, chosen in ((1, "a"), (2, "b")):
        files = attached(letter(crowd, number=number))
        assert sorted(files) == ["calendar.ics", "removed.ics"]
        [gone] = entries(letter(crowd, number=number), "removed.ics").values()
        assert gone["UID"] == f"r{number}.plenary"
        assert "METHOD:CANCEL" in files["removed.ics"]
        assert list(entries(letter(crowd, number=number))) == [chosen]


def test_a_cancelled_day_leaves_nothing_behind(crowd) -> None:
    crowd.hear(cancelled(programme(2)))
    files = attached(letter(crowd, "day-cancelled"))
    assert sorted(files) == ["removed-2.ics", "removed.ics"]
    gone = [*entries(letter(crowd, "day-cancelled"), "removed.ics")]
    gone += entries(letter(crowd, "day-cancelled"), "removed-2.ics")
    assert gone == ["plenary", "a"]

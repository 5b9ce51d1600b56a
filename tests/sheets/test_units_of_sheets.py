"""Of what there is a sheet: sessions or half-days, as the programme suggests."""

from datetime import timedelta

from services.sheets.base.units import suggested, units_of
from shared.events.registration import Programme
from tests.sheets.signed_day import CLOSING, CONFERENCE, LEFT, MORNING, OPENING, RIGHT, session


def programme(*sessions: object) -> Programme:
    return Programme(conference=CONFERENCE, sessions=sessions, programme_version=1)


def test_a_day_in_one_room_has_half_days() -> None:
    day = programme(OPENING, session("talk", 1, 3), CLOSING)
    assert suggested(day) == "half-day"
    morning, afternoon = units_of(day, "half-day")
    assert (morning.key, afternoon.key) == ("2030-05-07-am", "2030-05-07-pm")
    assert morning.sessions == ("opening", "talk")
    assert (morning.starts_at, morning.ends_at) == (MORNING, MORNING + timedelta(hours=3))
    assert morning.room == "A"


def test_where_people_part_each_session_has_one() -> None:
    assert suggested(programme(OPENING, LEFT, RIGHT)) == "session"
    assert suggested(programme(OPENING, session("beside", 0.5, 2, room="B"))) == "session"
    units = units_of(programme(CLOSING, OPENING, LEFT, RIGHT), "session")
    assert [each.key for each in units] == ["opening", "left", "right", "closing"]
    assert [each.open_to_all for each in units] == [True, False, False, True]


def test_what_does_not_count_has_none() -> None:
    lunch = session("lunch", 3, 4, counts=False)
    assert [each.key for each in units_of(programme(OPENING, lunch), "session")] == ["opening"]
    assert [each.key for each in units_of(programme(lunch), "session")] == ["lunch"]
    assert units_of(programme(session("nothing", 1, 1)), "session") == []


def test_noon_is_on_the_clocks_of_the_conference() -> None:
    late, later = session("late", 3.9, 5), session("later", 4, 5)
    units = units_of(programme(late, later), "half-day")
    assert [each.key for each in units] == ["2030-05-07-am", "2030-05-07-pm"]


def test_days_after_each_other_have_their_own() -> None:
    keys = [each.key for each in units_of(programme(OPENING, session("next", 24, 25)), "half-day")]
    assert keys == ["2030-05-07-am", "2030-05-08-am"]

"""What differs between two programmes: of the day, of its sessions, and nothing said twice."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.events.differences import concerns, differences, noticed
from shared.events.registration import Conference, Programme, Session, Speaker

NINE = datetime(2019, 11, 7, 8, tzinfo=UTC)  # nine o'clock in Paris


def session(name: str, hour: int = 0, **fields) -> Session:
    start = NINE + timedelta(hours=hour)
    given = {
        "session": name,
        "title": f"Session {name}",
        "kind": "workshop",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "chosen": True,
        "capacity": 10,
    }
    return Session(**{**given, **fields})


def programme(*sessions: Session, **fields) -> Programme:
    given = {
        "slug": "day",
        "title": "A day",
        "organiser": "The organiser",
        "venue": "The hall",
        "city": "Montreuil",
        "timezone": "Europe/Paris",
        "starts_at": min(s.starts_at for s in sessions),
        "ends_at": max(s.ends_at for s in sessions),
        "url": "http://localhost/c/day",
        "contact_email": "contact@example.org",
    }
    conference = Conference(**{**given, **fields})
    return Programme(conference=conference, sessions=sessions, programme_version=1)


PLENARY = session("opening", chosen=False, capacity=None, kind="plenary")
DAY = programme(PLENARY, session("a", 1), session("b", 1))


def moved(by: timedelta) -> Programme:
    return programme(
        *(
            each.model_copy(update={"starts_at": each.starts_at + by, "ends_at": each.ends_at + by})
            for each in DAY.sessions
        )
    )


def found(before: Programme, after: Programme) -> list[tuple[str, str | None]]:
    return [(each.what, each.session) for each in differences(before, after)]


def test_the_same_differs_in_nothing() -> None:
    assert found(DAY, DAY) == []


@pytest.mark.parametrize("field", ["title", "venue", "city", "organiser"])
def test_of_the_day(field: str) -> None:
    after = programme(*DAY.sessions, **{field: "Another"})
    assert found(DAY, after) == [(field, None)]


def test_a_day_that_moves_is_one_difference_whatever_the_clocks_do_that_night() -> None:
    summer = datetime(2019, 6, 6, 7, tzinfo=UTC) - NINE  # nine o'clock in Paris, in June
    assert found(DAY, moved(timedelta(days=1))) == [("date", None)]
    assert found(DAY, moved(summer)) == [("date", None)]


def test_hours_that_move_are_each_session_s() -> None:
    assert found(DAY, moved(timedelta(hours=1))) == [
        *(("time", "opening"), ("time", "a"), ("time", "b"))
    ]


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("title", "Another", "title"),
        ("room", "Salle 2", "room"),
        ("venue", "A boat", "venue"),
        ("address", "Quai 3", "venue"),
        ("capacity", 5, "capacity"),
        ("description", "More", "description"),
        ("speakers", (Speaker(name="Ada"),), "speakers"),
    ],
)
def test_of_a_session(field: str, value: object, what: str) -> None:
    after = programme(PLENARY, session("a", 1, **{field: value}), session("b", 1))
    assert found(DAY, after) == [(what, "a")]


def test_sessions_come_and_go() -> None:
    after = programme(PLENARY, session("a", 1), session("c", 1))
    assert found(DAY, after) == [("new", "c"), ("gone", "b")]


def test_what_is_silent_is_not_noticed() -> None:
    after = programme(
        PLENARY, session("a", 1, description="More", capacity=3), contact_email="x@example.org"
    )
    assert [each.what for each in noticed(differences(DAY, after))] == ["gone"]


def test_whom_it_concerns() -> None:
    changed = programme(
        session("opening", chosen=False, capacity=None, kind="plenary", room="Hall"),
        session("a", 1, room="Salle 2"),
        session("b", 1),
    )
    of_all, of_a = differences(DAY, changed)
    assert concerns(of_all, changed, ())
    assert concerns(of_a, changed, ("a",))
    assert not concerns(of_a, changed, ("b",))
    [of_day] = differences(DAY, programme(*DAY.sessions, city="Paris"))
    assert concerns(of_day, DAY, ())

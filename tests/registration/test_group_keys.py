"""Keys of people who register at the same moment: a repetition gets the first answer."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.seats.answers import Registered
from services.registration.seats.group_commit import GroupCommit
from tests.registration.groups import (
    another_process,
    assert_all_is_right,
    counted_commits,
    outcomes_of,
    themselves,
    together,
)

ANN = Actor("organiser", "ann@example.org")


def test_a_repetition_gets_the_first_answer(desk: Desk, open_day) -> None:
    open_day(9)
    [first] = together(desk, themselves(1, "a", key="k"))
    people = [themselves(1, "a", key="k"), themselves(2, "a", key="l"), themselves(3, "a")]
    again, *others = together(desk, *people)
    assert isinstance(again, Registered)
    assert isinstance(first, Registered)
    assert (again.replayed, again.id) == (True, first.id)
    assert outcomes_of(others) == ["confirmed"] * 2
    assert_all_is_right(desk, 3)


def test_in_one_group_too(desk: Desk, open_day) -> None:
    open_day(9)
    one, same, other = together(
        desk,
        themselves(1, "a", key="k"),
        themselves(1, "a", key="k"),
        themselves(2, "a", key="k"),
    )
    assert isinstance(one, Registered)
    assert isinstance(same, Registered)
    assert (same.replayed, same.id) == (True, one.id)
    assert outcomes_of([other]) == ["KeyReused"]
    assert_all_is_right(desk, 1)


def test_another_request_with_a_known_key_leaves_nothing(desk: Desk, open_day) -> None:
    open_day(9)
    together(desk, themselves(1, "a", key="k"))
    with counted_commits(desk) as commits:
        outcomes = together(
            desk, themselves(2, "a", key="k"), *(themselves(n, "a") for n in range(3, 9))
        )
    assert outcomes_of(outcomes) == ["KeyReused"] + ["confirmed"] * 6
    assert commits == [1]
    assert_all_is_right(desk, 7)


def test_keys_that_race_between_processes(desk: Desk, open_day) -> None:
    open_day(60)
    processes = [GroupCommit(another_process(desk)) for _ in range(3)]

    def ask(number: int) -> Registered:
        key = f"k{number % 15}"
        wish = themselves(number % 15, "a", key=key)
        return processes[number % 3].register("day", wish)

    with ThreadPoolExecutor(24) as clients:
        answers = list(clients.map(ask, range(90)))
    assert len({answer.id for answer in answers}) == 15
    assert sum(not answer.replayed for answer in answers) == 15
    assert_all_is_right(desk, 15)


def test_who_comes_first_matters_to_no_lock(desk: Desk, open_day) -> None:
    """Rows are written in the order of addresses and of keys, whatever the line was."""
    open_day(9)
    together(desk, *(themselves(n, "a", key=f"k{9 - n}") for n in (3, 1, 2)))
    place = "ctid" if desk.database.has_server else "rowid"
    with desk.database.read() as connection:
        for table, column in (("registration", "email_key"), ("answer", "key")):
            statement = text(f"SELECT {column} FROM {table} ORDER BY {place}")  # noqa: S608  ours
            written = list(connection.execute(statement).scalars())
            assert written == sorted(written)
            assert len(written) == 3

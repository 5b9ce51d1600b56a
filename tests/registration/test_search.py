"""Finding people as a tired volunteer types, on both databases."""

from sqlalchemy import select, update

from services.registration.base import tables
from services.registration.base.person import Person, PersonChange
from services.registration.desk import Desk
from services.registration.people.correcting import Correction, correct
from services.registration.people.erasing import erase
from services.registration.people.refolding import fold_the_rest
from services.registration.people.search import AT_THE_DOOR, Found, find_people
from services.registration.people.table import Filter, read_table
from services.registration.seats.registering import Application, register
from tests.registration.days import someone
from tests.shared.folding_cases import PEOPLE, SLIPS, SPELLINGS


def find(desk: Desk, text: str, *, by_address: bool = True) -> Found:
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        return find_people(connection, conference.id, text, by_address=by_address)


def first(desk: Desk, text: str) -> str | None:
    people = find(desk, text).people
    return people[0].email if people else None


def test_every_spelling_finds_first_whoever_is_meant(desk: Desk, open_day) -> None:
    conference = open_day(99)
    meant = {
        person["email"]: register(
            desk, "day", Application(Person.model_construct(**person), ("a",))
        )
        for person in PEOPLE
    }
    for typed, email in SPELLINGS:
        assert first(desk, typed) == email, typed
        with desk.database.read() as connection:
            table = read_table(connection, conference, Filter(typed), "nearest", 1)
        assert [row.record.email for row in table.rows][:1] == ([email] if email else []), typed
    for email, registered in meant.items():
        assert first(desk, f"Code : {registered.code.lower().replace('-', '_')}") == email


def test_who_is_called_nearly_that_is_found_and_said_to_be_meant_perhaps(
    desk: Desk, open_day
) -> None:
    open_day(99)
    for person in PEOPLE:
        registered = register(desk, "day", Application(Person.model_construct(**person), ("a",)))
    for typed, meant in SLIPS:
        found = find(desk, typed)
        assert meant in {each.email for each in found.people} or not (meant or found.people), typed
        assert found.nearly
    part = registered.code.replace("-", "")[3:8]
    assert [each.email for each in find(desk, part.lower()).people] == [PEOPLE[-1]["email"]]
    assert not find(desk, "dupont").nearly


def test_whoever_sees_no_address_finds_nobody_by_one(desk: Desk, open_day) -> None:
    open_day(99)
    for person in PEOPLE:
        registered = register(desk, "day", Application(Person.model_construct(**person), ("a",)))
    for typed in (
        "jean.dupont@lille",
        "joerg@zuerich",
        "ken@tokyo.exampel",
        "dupont nantes.example",
    ):
        assert find(desk, typed).people, typed
        assert find(desk, typed, by_address=False).people == [], typed
    for typed in ("dupont", "le goff", "aarhus", "Dupnot", registered.code, registered.code[3:9]):
        found, by_address = find(desk, typed, by_address=False), find(desk, typed)
        assert found.people[:1] == by_address.people[:1] != [], typed
        assert found.nearly == by_address.nearly


def test_the_nearest_are_shown_and_all_are_counted(desk: Desk, open_day) -> None:
    open_day(99)
    for number in range(AT_THE_DOOR + 3):
        register(desk, "day", someone(number, "a"))
    found = find(desk, "ndiaye")
    assert (len(found.people), found.total) == (AT_THE_DOOR, AT_THE_DOOR + 3)
    assert find(desk, "ndiaye", by_address=False) == found
    assert find(desk, "nobody") == Found([], 0, nearly=True)


def test_who_was_corrected_is_found_by_what_is_right(desk: Desk, open_day) -> None:
    open_day(9)
    registered = register(desk, "day", someone(1, "a"))
    correct(desk, registered.id, Correction(PersonChange(last_name="Œuvrard")))
    assert find(desk, "ndiaye").total == 0
    assert find(desk, "oeuvrard").total == 1


def test_who_is_erased_is_not_found_and_nothing_is_left_to_find(desk: Desk, open_day) -> None:
    open_day(9)
    registered = register(desk, "day", someone(1, "a"))
    erase(desk, registered.id)
    fold_the_rest(desk)
    with desk.database.read() as connection:
        assert connection.execute(select(tables.Registration.sought)).scalars().all() == [""]
    assert find(desk, "ndiaye").total == 0


def test_who_was_registered_by_the_release_before_is_found_the_next_day(
    desk: Desk, open_day
) -> None:
    open_day(9)
    register(desk, "day", someone(1, "a"))
    with desk.database.begin() as connection:
        connection.execute(update(tables.Registration).values(sought=""))
    assert find(desk, "ndiaye").total == 0
    fold_the_rest(desk)
    assert find(desk, "ndiaye").total == 1

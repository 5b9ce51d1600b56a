"""A room that signs at the same moment: nobody is lost, nobody is there twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from sqlalchemy import select

from services.sheets.base.refusals import Refused
from services.sheets.base.tables import Picture
from services.sheets.signing.signing import By, Signed
from tests.sheets.signed_day import CLOSING, LEFT, OPENING, RIGHT, House, place

PEOPLE = [f"p{number}" for number in range(40)]


def test_everybody_of_a_room_is_signed_once(house: House) -> None:
    """Each presses twice, and once more from a second device."""
    house.hear(*(place(who) for who in PEOPLE))
    presses = [
        partial(house.sign, who, key=f"{who}/{device}")
        for _ in range(2)
        for who, device in product(PEOPLE, ("phone", "other"))
    ]
    with ThreadPoolExecutor(16) as hands:
        answers: list[Signed] = [each.result() for each in [hands.submit(p) for p in presses]]
    assert Counter(each.again for each in answers) == {False: 40, True: 120}
    assert sorted(e.number for e in house.entries("opening")) == [*range(1, 41)]
    assert Counter(each["registration_id"] for each in house.told()) == Counter(PEOPLE)
    assert house.faults("opening") == []


def test_nobody_signs_in_two_rooms_at_the_same_moment(house: House) -> None:
    people = PEOPLE[:16]
    house.hear(*(place(who, "left", "right") for who in people))
    house.at(1.6)

    def sign(who: str, room: str) -> str:
        try:
            house.sign(who, room)
        except Refused as refused:
            return refused.code
        return "signed"

    with ThreadPoolExecutor(16) as hands:
        tasks = [hands.submit(sign, who, room) for who in people for room in ("left", "right")]
        answers = Counter(each.result() for each in tasks)
    assert answers == {"signed": 16, "elsewhere": 16}
    signed = [each["registration_id"] for each in house.told()]
    assert sorted(signed) == sorted(people)


def test_while_many_sign_the_programme_moves(house: House) -> None:
    """Whoever has signed before is told anew, whoever signs after is told so at once."""
    house.hear(*(place(who) for who in PEOPLE))
    later = OPENING.model_copy(update={"ends_at": OPENING.ends_at + timedelta(minutes=10)})
    with ThreadPoolExecutor(9) as hands:
        signing = [hands.submit(house.sign, who) for who in PEOPLE]
        moving = hands.submit(house.tell_programme, later, LEFT, RIGHT, CLOSING, version=2)
        assert len({each.result().entry.number for each in signing}) == len(PEOPLE)
        moving.result()
    newest = {each["registration_id"]: each["ends_at"] for each in house.told()}
    assert newest == dict.fromkeys(PEOPLE, "2030-05-07T08:10:00Z")
    assert house.faults("opening") == []


def test_two_tablets_of_one_room_that_were_offline_are_reconciled(house: House) -> None:
    """Each has what it has; some signed on both, and both send everything twice."""
    house.hear(*(place(who) for who in PEOPLE))
    signed_at = house.at_now()
    house.at(3)
    reports = [
        partial(
            house.sign,
            who,
            key=f"{tablet}/{who}",
            by=By("tablet", tablet, "tablet"),
            at=signed_at,
        )
        for tablet, people in (("first", PEOPLE[:25]), ("second", PEOPLE[20:]))
        for who in people
    ]
    with ThreadPoolExecutor(8) as hands:
        answers = [*hands.map(lambda report: report(), reports * 2)]
    assert sum(not each.again for each in answers) == len(PEOPLE)
    people = house.people("opening")
    assert {who for who, each in people.items() if each.signed_at == signed_at} == {*PEOPLE}
    assert not any(each.marks for each in people.values())


def test_a_signature_and_what_is_told_of_it_are_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr("services.sheets.lists.evidence.EventLog.append", fail)
        with pytest.raises(RuntimeError):
            house.sign("ada")
    assert house.count_entries() == 0
    with house.database.read() as connection:
        assert connection.execute(select(Picture.id)).all() == []
    assert not house.sign("ada").again
    assert len(house.told()) == 1

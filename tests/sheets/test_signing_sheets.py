"""People sign: what counts, what is told, and every way in which it cannot be."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.base.tables import Sheet
from services.sheets.signing.refused import refusals_of
from services.sheets.signing.signing import (
    arrive,
    leave,
    settle,
)
from shared.events.registration import RegistrationCancelled
from tests.sheets.signed_day import (
    CLOSING,
    DAY,
    HOST,
    LEFT,
    MORNING,
    OPENING,
    ORGANISER,
    RIGHT,
    TABLET,
    House,
    drawing,
    place,
)

OPENING_SHEET = id_of(DAY, "opening")


def test_who_signs_is_present_from_beginning_to_end(house: House) -> None:
    signed = house.sign("ada")
    assert not signed.again
    assert signed.present == (OPENING.starts_at, OPENING.ends_at)
    person = house.people("opening")["ada"]
    assert person.signed_at == signed.entry.at
    assert person.by_hand
    assert person.source == "phone"
    (told,) = house.told()
    assert told["registration_id"] == "ada"
    assert told["sessions"] == ["opening"]
    assert (told["source"], told["withdrawn"], told["entry"]) == ("phone", False, 1)
    assert "Ada" not in str(told)
    assert house.faults("opening") == []


def test_a_button_is_a_signature_too(house: House) -> None:
    house.sign("ada", strokes=None)
    person = house.people("opening")["ada"]
    assert person.signed_at
    assert not person.by_hand


@pytest.mark.parametrize("key", ["ada/opening", "another"])
def test_signing_twice_is_signing_once(house: House, key: str) -> None:
    first = house.sign("ada")
    house.at(0.4)
    again = house.sign("ada", key=key, strokes=drawing(7))
    assert again.again
    assert again.entry == first.entry
    assert house.count_entries() == 1
    assert len(house.told()) == 1


def test_a_key_of_somebody_else_is_refused(house: House) -> None:
    house.sign("ada", key="k")
    with pytest.raises(Refused) as refused:
        house.sign("bob", key="k")
    assert (refused.value.code, refused.value.field) == ("malformed", "key")


def seal(house: House) -> None:
    with house.database.begin() as connection:
        connection.execute(update(Sheet).where(Sheet.id == OPENING_SHEET).values(state="sealed"))


def sign_beside(house: House) -> None:
    """Bob was let into the other workshop for a moment, and has signed there."""
    house.hear(place("bob", "left", revision=2))
    house.at(1.6)
    house.sign("bob", "left")
    house.hear(place("bob", "right", revision=3))


def leave_early(house: House) -> None:
    house.at(0.3)
    leave(house.signing, OPENING_SHEET, "bob", by=HOST, at=house.at_now(), key="gone")
    house.at(0.5)


def cancel(house: House) -> None:
    house.hear(
        place("bob", kind=RegistrationCancelled, revision=2, status="cancelled", why="given-back")
    )


def withdraw(house: House) -> None:
    house.tell_programme(LEFT, RIGHT, CLOSING, version=2)


UNFIT = [
    ("sealed", "opening", seal),
    ("withdrawn", "opening", withdraw),
    ("cancelled", "opening", cancel),
    ("elsewhere", "right", sign_beside),
    ("left", "opening", leave_early),
    ("not-on-list", "left", lambda house: house.at(1.6)),
    ("too-early", "closing", lambda house: house.at(4.4)),
    ("over", "opening", lambda house: house.at(2.1)),
]


@pytest.mark.parametrize(("rule", "unit", "happens"), UNFIT, ids=[each[0] for each in UNFIT])
def test_what_cannot_be_is_said_at_once_and_seen_by_the_organiser(
    house: House, rule: str, unit: str, happens: Callable[[House], object]
) -> None:
    happens(house)
    before = house.count_entries()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            house.sign("bob", unit)
    assert refused.value.code == rule
    assert house.count_entries() == before
    with house.database.read() as connection:
        (seen,) = refusals_of(connection, DAY)
    assert (seen.rule, seen.name, seen.times) == (rule, "Zoé Bob", 2)


def test_who_signs_after_all_was_refused_for_nothing(house: House) -> None:
    """The organiser has nothing more to look at, of that sheet; of another they do."""
    house.at(-2)
    for who, unit in (("ada", "opening"), ("ada", "left"), ("bob", "opening")):
        with pytest.raises(Refused):
            house.sign(who, unit)
    house.at(0.2)
    house.sign("ada")
    with house.database.read() as connection:
        seen = {(each.sheet_id, each.registration_id) for each in refusals_of(connection, DAY)}
    assert seen == {(id_of(DAY, "left"), "ada"), (id_of(DAY, "opening"), "bob")}


REPORTED = [each for each in UNFIT if each[0] not in ("too-early", "over")]


@pytest.mark.parametrize(("rule", "unit", "happens"), REPORTED, ids=[each[0] for each in REPORTED])
def test_what_a_tablet_reports_later_is_kept_with_a_mark(
    house: House, rule: str, unit: str, happens: Callable[[House], object]
) -> None:
    """It has happened; the organiser looks at it, and nothing is lost."""
    happens(house)
    claimed = house.at_now()
    house.at(4)
    signed = house.sign("bob", unit, by=TABLET, at=claimed)
    assert signed.marks == (rule,)
    person = house.people(unit)["bob"]
    assert person.signed_at == claimed
    assert person.noted_at == house.at_now()
    assert person.marks == (rule,)
    assert house.told()[-1]["registration_id"] == "bob"
    settle(house.signing, id_of(DAY, unit), "bob", by=ORGANISER, reason="it was so", key="looked")
    assert house.people(unit)["bob"].marks == ()
    # Who sealed by hand, as `seal` does, left no entry of it: that is found too.
    assert {each.what for each in house.faults(unit)} <= {"seal"}


@pytest.mark.parametrize("hours", [-9, 30, 24 * 400])
def test_a_tablet_whose_clock_is_wrong_keeps_both_times(house: House, hours: int) -> None:
    claimed = house.at_now() + timedelta(hours=hours)
    signed = house.sign("ada", by=TABLET, at=claimed)
    assert signed.marks == ("clock",)
    assert (signed.entry.at, signed.entry.noted_at) == (claimed, house.at_now())


def test_a_phone_whose_clock_is_wrong_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="clock"):
        house.sign("ada", at=house.at_now() - timedelta(minutes=3))


def test_nobody_signs_for_whom_nobody_knows(house: House) -> None:
    for by in ("stranger", "ada"):
        unit = "opening" if by == "stranger" else "nowhere"
        with pytest.raises(Refused, match=r"not-on-list|unknown"):
            house.sign(by, unit, by=TABLET)
    with house.database.read() as connection:
        assert refusals_of(connection, DAY) == []


def test_who_leaves_one_room_early_can_sign_in_the_next(house: House) -> None:
    """A sheet whose time overlaps, but not that of their presence."""
    house.tell_programme(
        OPENING, LEFT, RIGHT, CLOSING.model_copy(update={"starts_at": LEFT.starts_at}), version=2
    )
    house.at(1.6)
    house.sign("ada", "left")
    with pytest.raises(Refused, match="elsewhere"):
        house.sign("ada", "closing")
    house.at(2)
    leave(
        house.signing,
        id_of(DAY, "left"),
        "ada",
        by=HOST,
        at=MORNING + timedelta(hours=2),
        key="gone",
    )
    arrive(
        house.signing,
        id_of(DAY, "closing"),
        "ada",
        by=HOST,
        at=MORNING + timedelta(hours=2),
        key="came",
    )
    house.at(2.1)
    assert not house.sign("ada", "closing").again

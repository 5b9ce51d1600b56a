"""The code on a room's screen: another every 20 seconds, good for 40, for one sheet alone."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from services.sheets.room.codes import LENGTH, Read, RoomCodes
from shared.base.keys import Keys
from shared.words.codes import ALPHABET, new_code

THEN = datetime(2026, 3, 12, 9, 0, 0, tzinfo=UTC)  # a window begins here
SECOND = timedelta(seconds=1)


def codes(*secrets: str) -> RoomCodes:
    return RoomCodes(Keys([SecretStr(each) for each in secrets or ("a-secret-of-sixteen",)]))


@pytest.mark.parametrize("seconds", [0, 7, 19, 20, 39])
def test_a_code_is_good_for_40_seconds_from_when_it_is_first_shown(seconds: int) -> None:
    code = codes().shown("sheet", THEN).code
    assert codes().read(code, THEN + seconds * SECOND, "sheet") == Read("right", "sheet")


@pytest.mark.parametrize("taken", [0, 1, 12, 19.9])
def test_a_picture_older_than_40_seconds_is_always_refused(taken: float) -> None:
    """Whenever in the 20 seconds it was taken."""
    pictured = THEN + taken * SECOND
    code = codes().shown("sheet", pictured).code
    for later in (40, 41, 60, 300):
        read = codes().read(code, pictured + later * SECOND, "sheet")
        assert (read.verdict, read.is_guess) == ("old", False)
    assert codes().read(code, pictured + timedelta(hours=1), "sheet").verdict == "wrong"


def test_what_is_shown_changes_every_20_seconds() -> None:
    shown = [codes().shown("sheet", THEN + each * SECOND) for each in range(60)]
    assert len({each.code for each in shown}) == 3
    assert shown[0].until == THEN + 20 * SECOND
    assert all(len(each.code) == LENGTH and set(each.code) <= set(ALPHABET) for each in shown)


def test_the_code_of_another_room_says_so() -> None:
    other = codes().shown("other", THEN).code
    assert codes().read(other, THEN, "sheet", ["other"]) == Read("other-room", "other")
    assert codes().read(other, THEN, "sheet", []).verdict == "wrong"
    assert codes().read(other, THEN, None, ["sheet", "other"]) == Read("right", "other")


def test_it_is_read_as_people_type_it() -> None:
    code = codes().shown("sheet", THEN).code
    typed = f" {code[:3].lower()}-{code[3:].lower()} "
    assert codes().read(typed, THEN, "sheet").verdict == "right"


def test_a_slip_is_none_of_a_guess() -> None:
    code = codes().shown("sheet", THEN).code
    slipped = code[:-1] + next(sign for sign in ALPHABET if sign != code[-1])
    assert codes().read(slipped, THEN, "sheet") == Read("mistyped")
    assert codes().read("", THEN, "sheet") == Read("mistyped")
    assert codes().read("a" * 5000, THEN, "sheet") == Read("mistyped")


def test_guesses_miss_and_are_told_from_slips() -> None:
    """Of all codes with a right check one in three million is good: ten thousand find none."""

    reads = [codes().read(new_code(LENGTH, LENGTH), THEN, "sheet") for _ in range(500)]
    assert sum(each.is_guess for each in reads) >= 499


def test_another_secret_shows_another_code_and_accepts_the_old_one() -> None:
    old = codes("the-secret-of-before").shown("sheet", THEN).code
    both = codes("the-secret-of-now-1", "the-secret-of-before")
    assert both.shown("sheet", THEN).code != old
    assert both.read(old, THEN, "sheet").verdict == "right"
    assert codes("the-secret-of-now-1").read(old, THEN, "sheet").verdict == "wrong"

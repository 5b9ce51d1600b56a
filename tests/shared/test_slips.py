"""Who is meant by what nobody is called."""

import pytest

from shared.words.codes import part_of_code
from shared.words.folding import words_sought
from shared.words.slips import is_one_slip, may_mean
from tests.shared.folding_cases import PEOPLE, SLIPS, keys_of


@pytest.mark.parametrize(("typed", "meant"), SLIPS)
def test_one_slip_is_forgiven_and_two_are_not(typed: str, meant: str | None) -> None:
    words = words_sought(typed)
    found = {each["email"] for each in PEOPLE if may_mean(words, keys_of(each))}
    assert (meant in found) if meant else not found


def test_what_one_slip_is() -> None:
    assert all(is_one_slip("durand", other) for other in ("duran", "durrand", "burand", "druand"))
    assert not any(is_one_slip("durand", other) for other in ("durand", "dura", "drunad", "udrnad"))


def test_a_part_of_a_code_has_four_of_its_signs() -> None:
    assert part_of_code("code : c49-v4", 10) == "C49V4"
    assert [part_of_code(text, 10) for text in ("c49", "obélix", "C" * 11)] == [None] * 3

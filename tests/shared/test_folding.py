"""Words as they are compared, and as they are searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words.folding import LAST, WHOLE, folded, sought, words_sought
from tests.shared.folding_cases import PEOPLE, SPELLINGS, keys_of


@pytest.mark.parametrize(("typed", "first"), SPELLINGS)
def test_every_word_of_a_spelling_is_in_the_keys_of_whoever_is_meant(
    typed: str, first: str | None
) -> None:
    words = words_sought(typed)
    found = {
        person["email"]
        for person in PEOPLE
        if words and all(word in keys_of(person) for word in words)
    }
    assert (first in found) if first else not found


def test_there_are_more_than_forty_spellings() -> None:
    assert len([first for _, first in SPELLINGS if first]) > 40
    assert len({typed for typed, _ in SPELLINGS}) == len(SPELLINGS)


def test_a_name_is_known_by_its_whole_and_by_its_parts() -> None:
    keys = sought("Le Goff", "Yann", "Mairie de Lyon", None, "").split()
    assert keys == [
        f"{LAST}legoff",
        f"{WHOLE}legoffyann",
        f"{WHOLE}yannlegoff",
        "yann",
        "le",
        "goff",
        "mairiedelyon",
    ]
    assert sought("") == ""


@given(st.text(max_size=40))
def test_what_is_typed_can_be_no_sign_of_the_keys_nor_a_pattern(text: str) -> None:
    assert not set("".join(words_sought(text))) & set(f"%_\\ {LAST}{WHOLE}'’-")


@given(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20))
def test_whoever_types_what_was_written_finds_it(name: str) -> None:
    assert [word for word in words_sought(name) if word not in sought(name)] == []


def test_what_makes_two_people_one_takes_less_for_the_same_than_a_search() -> None:
    assert folded("Lefèvre") == folded("LEFEVRE")
    for one, other in (("Sørensen", "Sorensen"), ("O’Neil", "ONeil"), ("Łukasz", "Lukasz")):
        assert folded(one) != folded(other)
        assert words_sought(one) == words_sought(other)

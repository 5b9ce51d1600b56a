import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.words.codes import ALPHABET, new_code, parse_code

LENGTH, GROUP = 16, 4
CASES = json.loads(Path(__file__).with_name("code-cases.json").read_text())
codes = st.builds(lambda: new_code(LENGTH, GROUP))


def test_no_sign_can_be_taken_for_another() -> None:
    for alike in ("0O", "1IL", "2Z", "5S", "8B", "UV"):
        assert sum(sign in ALPHABET for sign in alike) <= 1


def test_it_is_grouped_for_reading() -> None:
    groups = new_code(LENGTH, GROUP).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]


def test_a_million_would_not_repeat() -> None:
    assert len({new_code(LENGTH, GROUP) for _ in range(5000)}) == 5000


@given(codes)
def test_it_may_be_typed_in_any_manner(code: str) -> None:
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " – "), f" {code}\n"):
        assert parse_code(typed, LENGTH, GROUP) == code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_code_is_read_as_it_was_meant(case: dict[str, str | None]) -> None:
    assert parse_code(case["typed"] or "", 10, 5) == case["code"]


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_found(code: str, place: int, sign: str) -> None:
    signs = list(code.replace("-", ""))
    if signs[place] == sign:
        return
    signs[place] = sign
    assert parse_code("".join(signs), LENGTH, GROUP) is None


@given(codes, st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_are_found(code: str, place: int) -> None:
    signs = list(code.replace("-", ""))
    assume(signs[place] != signs[place + 1])
    signs[place], signs[place + 1] = signs[place + 1], signs[place]
    assert parse_code("".join(signs), LENGTH, GROUP) is None


@given(st.text(max_size=40))
def test_anything_else_is_no_code(text: str) -> None:
    parsed = parse_code(text, LENGTH, GROUP)
    assert parsed is None or parse_code(parsed, LENGTH, GROUP) == parsed

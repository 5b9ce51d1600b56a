"""Files of real shapes give the people in them, most of them without a word from anybody."""

import pytest

from services.registration.lists.columns import guess_columns, missing_fields
from services.registration.lists.people import Listed, people
from services.registration.lists.reading import read_table
from tests.registration.lists.from_forms import forms
from tests.registration.lists.from_spreadsheets import spreadsheets
from tests.registration.lists.from_systems import systems
from tests.registration.lists.shape import Shape, Someone

SHAPES = [*systems(), *forms(), *spreadsheets()]
GUESSED = [shape for shape in SHAPES if shape.by_hand is None]


def someone(row: Listed) -> Someone:
    person = row.given["person"]
    names = (person["first_name"], person["last_name"], person["email"])
    return (*names, *row.given["sessions"])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_list_gives_its_people(shape: Shape) -> None:
    table = read_table(shape.content)
    assignment = guess_columns(table, shape.conference)
    if shape.by_hand is not None:
        assert missing_fields(assignment)  # nothing is registered before somebody has assigned
        assignment |= shape.by_hand
    assert not missing_fields(assignment)
    rows = people(table, assignment, shape.conference)
    stored = [row for row in rows if not (row.reasons or row.held_back or row.doubts)]
    assert tuple(map(someone, stored)) == shape.people, assignment
    held = {
        row.given["person"]["email"]: row.status.standing
        for row in rows
        if row.held_back and row.status
    }
    assert held == shape.held
    doubtful = [row for row in rows if row.doubts and not row.reasons and not row.held_back]
    assert {someone(row)[2]: " ".join(someone(row)[:2]).strip() for row in doubtful} == (
        shape.doubtful
    )
    assert {row.given["person"]["email"] for row in rows if row.reasons} == shape.refused


def test_of_sixty_files_fifty_seven_need_nobody() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 60
    assert len(GUESSED) >= len(SHAPES) - 3

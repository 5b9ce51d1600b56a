"""docs/reference/ says what the code says: nothing that exists is missing, nothing that is gone is
left."""

import pytest

from tests.documentation import tables
from tests.documentation.__main__ import written
from tests.documentation.reference import FOLDER, kept, services


@pytest.mark.parametrize("name", kept())
def test_the_page_of_a_service_is_what_its_code_says(name: str) -> None:
    page = FOLDER / f"{name}.md"
    assert page.exists(), "run make reference"
    assert page.read_text() == written(name), "run make reference"


def test_the_tables_are_drawn_as_they_are() -> None:
    assert tables.PAGE.read_text() == tables.page(), "run make reference"


def test_no_page_outlives_its_service() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} <= {*services(), tables.PAGE.stem}

"""Files that are no list, or too large, are told so on the page that asks for one."""

import pytest

from services.registration.lists.reading import LARGEST
from tests.registration.pages.list_steps import IMPORT, uploaded
from tests.registration.pages.visits import seen


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "This file is empty."),
        (b"\xff\xd8\xff\xe0" + bytes(4000), "This file is a picture, not a list."),
        (b"PK\x03\x04" + bytes(4000), "neither an Excel or LibreOffice workbook"),
        (b"nom,courriel\n" + b"Roy,roy@example.org\n" * 50_000, "at most 5000 rows"),
    ],
    ids=["empty", "photo", "no workbook", "50,000 rows"],
)
def test_a_file_of_no_use_is_told_so_above_the_form(organiser, content: bytes, word: str) -> None:
    answer = uploaded(organiser, content, "people.xlsx")
    assert answer.status_code == 422
    assert word in seen(answer)
    assert 'name="roster"' in answer.text


def roster(size: int) -> bytes:
    """A file of so many bytes: people with long comments, which nobody asked for."""
    rows = b"last_name,first_name,email,sessions,comment\n"
    for number in range(size // 100_000):
        row = b"Lovelace,Ada,ada.%d@example.org,," % number
        rows += row.ljust(100_000 - 1, b"x") + b"\n"
    return rows.ljust(size, b"\n")


def test_a_file_may_be_as_large_as_the_page_says(organiser) -> None:
    assert "5 MB" in seen(organiser.get(IMPORT))
    assert uploaded(organiser, roster(LARGEST)).status_code == 200


@pytest.mark.parametrize("more", [1, 1_000_000])
def test_one_that_is_larger_is_told_so_on_a_page(organiser, more: int) -> None:
    answer = uploaded(organiser, roster(LARGEST + more))
    assert answer.status_code in (413, 422)
    assert "A file may have at most 5 MB." in seen(answer)
    assert "default-src 'none'" in answer.headers["content-security-policy"]

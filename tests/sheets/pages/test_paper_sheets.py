"""Sheets that were signed on paper: whoever signed is ticked, with its scan beside them."""

import re

import httpx
import pytest
from sqlalchemy import select

from services.sheets.base.tables import Picture
from services.sheets.pages.uploads import AROUND_FILE
from services.sheets.signing.papers import MOST_BYTES
from tests.sheets.pages.room import Room
from tests.sheets.pages.test_organising import HERE, clock, signs

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 2000


def test_paper_is_transcribed_with_its_scan(as_organiser: httpx.Client, room: Room) -> None:
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    page = f"{HERE}/{room.sheet().id}"
    assert "Ann Le Goff" in as_organiser.get(f"{page}/paper").text
    data = {"person": [zoe.id, ann.id], "time": clock(room, 5), "key": "once"}
    for _ in range(2):  # sent twice, it is done once
        sent = as_organiser.post(
            f"{page}/paper", data=data, files={"scan": ("a.png", PNG, "image/png")}
        )
        assert sent.status_code == 303, sent.text
    assert (room.signed(), room.entries()) == (["Ann Le Goff", "Zoé N’Diaye"], 2)
    assert "paper, transcribed" in as_organiser.get(page).text
    [scan] = re.findall(rf'href="({page}/paper/\w+)"', as_organiser.get(page).text)
    opened = as_organiser.get(scan)
    assert (opened.content, opened.headers["content-type"]) == (PNG, "image/png")
    assert "no-store" in opened.headers["cache-control"]
    elsewhere = scan.replace(room.sheet().id, room.sheet("atelier-2").id)
    assert as_organiser.get(elsewhere).status_code == 404
    with room.desk.database.read() as connection:
        kept = connection.execute(select(Picture.sealed)).scalars().all()
    assert len(kept) == 1
    assert PNG not in kept[0]


def test_a_scan_that_nothing_was_copied_from_is_not_kept(
    as_organiser: httpx.Client, room: Room
) -> None:
    """No erasure would find it."""
    zoe = room.attends()
    signs(room, zoe)
    page = f"{HERE}/{room.sheet().id}/paper"
    for who in (zoe.id, "nobody"):
        data = {"person": [who], "time": clock(room, 5), "key": "k"}
        as_organiser.post(page, data=data, files={"scan": ("a.png", PNG, "image/png")})
    with room.desk.database.read() as connection:
        assert connection.execute(select(Picture.id)).all() == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"PK\x03\x04", "a PDF, JPEG or PNG is wanted"),
        ("a.png", b"", ""),
        ("a.png", b"\x89PNG" + b"0" * 12_000_000, "at most 10 MB"),
    ],
)
def test_a_scan_that_is_none(
    as_organiser: httpx.Client, room: Room, name: str, content: bytes, said: str
) -> None:
    zoe = room.attends()
    answer = as_organiser.post(
        f"{HERE}/{room.sheet().id}/paper",
        data={"person": zoe.id, "time": clock(room, 5), "key": "k"},
        files={"scan": (name, content, "image/png")},
    )
    if said:
        assert said in answer.text
        assert room.entries() == 0
    else:
        assert answer.status_code == 303


def test_a_scan_that_is_too_large_is_told_by_how_much(
    as_organiser: httpx.Client, room: Room
) -> None:
    """By the form, or by the scan itself where the form is within what one may have."""
    zoe = room.attends()
    page = f"{HERE}/{room.sheet().id}/paper"
    data = {"person": [zoe.id], "time": clock(room, 5), "key": "k"}
    for over in (1, AROUND_FILE + 1):
        large = PNG + bytes(MOST_BYTES + over - len(PNG))
        answer = as_organiser.post(page, data=data, files={"scan": ("a.png", large, "image/png")})
        assert answer.status_code in (413, 422)
        assert "at most 10 MB" in answer.text
    assert room.entries() == 0
    largest = PNG + bytes(MOST_BYTES - len(PNG))
    sent = as_organiser.post(page, data=data, files={"scan": ("a.png", largest, "image/png")})
    assert sent.status_code == 303


def test_nobody_ticked_is_said_so(as_organiser: httpx.Client, room: Room) -> None:
    page = f"{HERE}/{room.sheet().id}/paper"
    answer = as_organiser.post(page, data={"time": clock(room, 5)})
    assert (answer.status_code, "Tick whoever" in answer.text) == (422, True)

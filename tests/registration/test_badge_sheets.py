"""Sheets of badges, read back by poppler."""

import subprocess

import pytest

from services.registration.day.badge_sheets import (
    FORMATS,
    Badge,
    badge_sheets,
    people_with_badges,
    read_badges,
)
from services.registration.desk import Desk
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone

HARD_NAMES = ("Zoé N’Diaye", "محمد العلي", "山田 太郎", "Wolfeschlegelsteinhausen " * 4)


def text_of(pdf: bytes, *options: str) -> str:
    program = ["pdftotext", *options, "-", "-"]
    return subprocess.run(program, input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("labels", FORMATS.values(), ids=FORMATS)
def test_labels_lie_beside_each_other_on_the_page(labels) -> None:
    places = [labels.place(number) for number in range(labels.on_a_page)]
    assert len(set(places)) == labels.on_a_page
    assert labels.across >= labels.width
    assert labels.down >= labels.height
    for left, top in places:
        assert 0 <= left <= 210 - labels.width
        assert 0 <= top <= 297 - labels.height


@pytest.mark.parametrize("labels", FORMATS.values(), ids=FORMATS)
def test_every_badge_is_there_and_pages_are_full(labels, desk: Desk, open_day) -> None:
    conference = open_day(2, 2)
    count = labels.on_a_page + 1
    badges = [
        Badge(HARD_NAMES[number % 4], "CNRS", f"AB{number:03}", (("Workshop a", "Room 1"),))
        for number in range(count)
    ]
    pdf = badge_sheets(conference, badges, labels)
    assert desk
    pages = text_of(pdf).rstrip("\f").split("\f")
    assert len(pages) == 2
    assert [page.count("Workshop a") for page in pages] == [count - 1, 1]
    assert "AB000" in pages[0]
    assert f"AB{count - 1:03}" in pages[1]
    assert "山田" in pages[0]


def test_who_gets_one_and_what_it_opens(desk: Desk, open_day) -> None:
    open_day(1, 2)
    register(desk, "day", someone(1, "a", "party"))
    register(desk, "day", someone(2, "a", waitlist=True))
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        people = people_with_badges(connection, conference)
        [badge] = read_badges(connection, conference, people)
        tomorrow = now().date().replace(year=now().year + 1)
        assert people_with_badges(connection, conference, tomorrow) == []
        assert people_with_badges(connection, conference, now().date()) == people
    assert badge.sessions == (("Workshop a", ""),)
    assert badge.name == "Zoé N’Diaye"

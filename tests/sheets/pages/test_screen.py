"""The room's screen: what it shows, for how long, and to whom."""

import re
from datetime import timedelta

import httpx

from services.sheets.room.devices import add_device, end_device
from shared.base.clock import now
from tests.sheets.pages.room import SLUG, Room


def link_of(room: Room) -> tuple[str, str]:
    """(its id, the link that opens it)."""
    name = add_device(room.desk.database, SLUG, "screen", "", "o@example.org", room.sheet().id)
    assert name is not None
    return name, room.desk.openings.link("screen", name, now() + timedelta(hours=1))


def opened(phone: httpx.Client, link: str) -> str:
    """The address of the page, once the pass has become a cookie."""
    answer = phone.get(link)
    assert (answer.status_code, "pass=" in answer.headers["location"]) == (303, False)
    return str(answer.headers["location"])


def test_it_shows_the_code_of_now_and_how_many_have_signed(phone: httpx.Client, room: Room) -> None:
    room.attends()
    page = opened(phone, link_of(room)[1])
    shown = phone.get(page).text
    code = re.search(r'class="room-code"[^>]*>(\w+)<', shown)
    assert code
    assert room.desk.codes.read(code[1], now(), room.sheet().id).verdict == "right"
    assert "<svg" in shown
    assert "of 1 has signed" in shown
    seconds = re.search(r'<noscript><meta http-equiv="refresh" content="(\d+)">', shown)
    assert seconds
    assert 1 <= int(seconds[1]) <= 20


def test_nobody_sees_it_without_its_link(phone: httpx.Client, room: Room) -> None:
    name, link = link_of(room)
    assert phone.get(f"/sheets/screen/{name}").status_code == 404
    altered = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert phone.get(altered).status_code == 404
    other, _ = link_of(room)
    assert phone.get(link.replace(name, other)).status_code == 404


def test_one_that_was_ended_shows_nothing(phone: httpx.Client, room: Room) -> None:
    name, link = link_of(room)
    page = opened(phone, link)
    end_device(room.desk.database, SLUG, name, "o@example.org")
    assert phone.get(page).status_code == 410
    assert phone.get(link).status_code == 410


def test_before_and_after_the_session_there_is_no_code(phone: httpx.Client, room: Room) -> None:
    page = opened(phone, link_of(room)[1])
    room.begin(now() + timedelta(hours=4), version=2)
    early = phone.get(page).text
    assert "room-code" not in early
    assert "The code comes shortly before the session begins" in early
    room.begin(now() - timedelta(hours=6), version=3)
    assert "The session is over" in phone.get(page).text

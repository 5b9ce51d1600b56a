"""The host's own page, their letter, and what becomes of either when something changes."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from services.sheets.hosts.hosting import (
    correct_host,
    end_host,
    host_by_id,
    name_host,
    write_again,
)
from services.sheets.lists.expected import sheets_of
from services.sheets.resources import Resources
from services.sheets.service import service
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.bus.logged import LoggedEvent
from shared.http.passes import with_pass_until
from shared.storage.folder import FolderStorage
from shared.testing import drain
from tests.sheets.pages.room import LINE, SLUG, ZONE, Attending, Room

BY = "o@example.org"


def name(room: Room, who: str = "Marie Curie", email: str = "marie@example.org") -> str:
    return name_host(room.desk.database, room.sheet(), who, email, "fr", BY)


def come(phone: httpx.Client, room: Room, host: str) -> str:
    """By the link; the address of their page."""
    link = room.desk.openings.link("host", host, now() + timedelta(days=1))
    answer = phone.get(link)
    assert answer.headers["location"] == f"/sheets/host/{host}"
    return f"/sheets/host/{host}"


def signs(room: Room, who: Attending) -> None:
    by = By("person", source="phone")
    sign(room.desk.signing, room.sheet().id, who.id, by=by, at=now(), strokes=None, key=who.id)


def send(phone: httpx.Client, page: str, act: str = "", **fields: str) -> httpx.Response:
    key = re.search(r'name="key" value="([^"]+)"', phone.get(page).text)
    return phone.post(page + act, data={"key": key[1] if key else "none", **fields})


def letters(room: Room, tmp_path: Any) -> list[dict[str, Any]]:
    """What was asked for, once the worker has done what is due."""
    resources = Resources(room.desk.signing, FolderStorage(tmp_path / "kept"))
    drain(service, room.desk.database, resources)
    with room.desk.database.read() as connection:
        asked = select(LoggedEvent.envelope).where(LoggedEvent.type == "letter.asked")
        rows = connection.execute(asked.order_by(LoggedEvent.number)).scalars().all()
    return [json.loads(row)["data"] for row in rows]


def test_a_host_sees_who_has_signed_and_countersigns(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    room.attends("Ann", "Le Goff")
    signs(room, zoe)
    page = come(phone, room, host := name(room))
    shown = phone.get(page).text
    assert "Missing: 1" in shown
    assert "Signed: 1" in shown
    assert shown.index("Ann Le Goff") < shown.index("Zoé N’Diaye")
    assert send(phone, page, strokes=LINE).status_code == 303
    assert "You countersigned" in phone.get(page).text
    assert room.entries() == 2
    with room.desk.database.read() as connection:
        kept = host_by_id(connection, host)
        [row] = [each for each in sheets_of(connection, SLUG) if each.sheet == room.sheet()]
    assert kept is not None
    assert kept.signed_at is not None
    assert (row.countersigned, row.changed_since_seal) == (1, False)


def test_a_host_marks_who_came_late_and_who_left_early(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    signs(room, zoe)
    page = come(phone, room, name(room))
    sheet = room.sheet()
    late, gone = sheet.starts_at + timedelta(minutes=10), sheet.starts_at + timedelta(minutes=20)

    def clock(moment: Any) -> str:
        return moment.astimezone(ZoneInfo(ZONE)).strftime("%H:%M")

    assert send(phone, page, "/arrived", person=zoe.id, time=clock(late)).status_code == 303
    assert send(phone, page, "/left", person=zoe.id, time=clock(gone)).status_code == 303
    person = room.people()[zoe.id]
    assert (clock(person.arrived_at), clock(person.left_at)) == (clock(late), clock(gone))
    outside = clock(sheet.starts_at - timedelta(minutes=5))
    answer = send(phone, page, "/left", person=zoe.id, time=outside)
    assert (answer.status_code, "not within the session" in answer.text) == (422, True)
    assert send(phone, page, "/left", person=zoe.id, time="soon").status_code == 422
    to_come = send(phone, page, "/left", person=zoe.id, time=clock(now() + timedelta(minutes=37)))
    assert (to_come.status_code, "still to come" in to_come.text) == (422, True)


def test_a_host_marks_nobody_of_another_sheet(phone: httpx.Client, room: Room) -> None:
    other = room.attends(session="atelier-2")
    page = come(phone, room, name(room))
    begun = room.sheet().starts_at + timedelta(minutes=10)
    time = begun.astimezone(ZoneInfo(ZONE)).strftime("%H:%M")
    for act in ("/arrived", "/left"):
        answer = send(phone, page, act, person=other.id, time=time)
        assert (answer.status_code, "not on the list" in answer.text) == (422, True)
    assert room.entries() == 0


def test_nobody_countersigns_what_has_not_begun(phone: httpx.Client, room: Room) -> None:
    room.begin(now() + timedelta(minutes=10), version=2)
    page = come(phone, room, name(room))
    answer = send(phone, page, strokes=LINE)
    assert (answer.status_code, "It is too early" in answer.text) == (422, True)
    assert room.entries() == 0


def test_one_dot_is_no_countersignature(phone: httpx.Client, room: Room) -> None:
    page = come(phone, room, name(room))
    answer = send(phone, page, strokes="[[[5, 5]]]")
    assert (answer.status_code, "draw more than a dot" in answer.text) == (422, True)
    assert room.entries() == 0


def test_a_host_who_is_also_a_participant_is_told_and_the_organiser_sees_it(
    phone: httpx.Client, room: Room, as_organiser: httpx.Client
) -> None:
    zoe = room.attends()
    signs(room, zoe)
    page = come(phone, room, name(room, "N'Diaye Zoé"))
    assert "Your name is on the list of participants too" in phone.get(page).text
    sheet = as_organiser.get(f"/organiser/journee/sheets/{room.sheet().id}").text
    assert "on the list of participants too" in sheet


def test_nobody_comes_without_their_own_link(phone: httpx.Client, room: Room) -> None:
    host, other = name(room), name(room, "Ada", "ada@example.org")
    assert phone.get(f"/sheets/host/{host}").status_code == 404
    assert phone.post(f"/sheets/host/{host}", data={"confirm": "yes"}).status_code == 404
    page = come(phone, room, other)
    assert phone.get(page).status_code == 200
    assert phone.get(f"/sheets/host/{host}").status_code == 404


def test_an_address_copied_from_the_browser_is_told_from_the_link(
    served: Callable[[], httpx.Client], room: Room
) -> None:
    page = come(served(), room, name(room))
    for address in (page, "/sheets/host/nobody", "/sheets/tablet/none", "/sheets/screen/none"):
        elsewhere = served().get(address)
        assert elsewhere.status_code == 404
        assert "opens by the whole link from the email" in elsewhere.text


def test_a_corrected_address_ends_the_old_link_and_makes_another(
    phone: httpx.Client, room: Room, tmp_path: Any
) -> None:
    host = name(room)
    page = come(phone, room, host)
    newer = correct_host(room.desk.signing, room.sheet(), host, "Marie", "m@example.org", BY)
    assert newer not in (None, host)
    assert phone.get(page).status_code == 410
    come(phone, room, str(newer))
    assert [each["email"] for each in letters(room, tmp_path)] == ["m@example.org"]
    assert correct_host(room.desk.signing, room.sheet(), host, "M", "x@example.org", BY) is None


def test_a_corrected_name_keeps_the_link(phone: httpx.Client, room: Room) -> None:
    host = name(room)
    page = come(phone, room, host)
    again = correct_host(room.desk.signing, room.sheet(), host, "Maria", "marie@example.org", BY)
    assert (again, "Maria" in phone.get(page).text) == (host, True)


def test_who_was_taken_off_comes_no_more(phone: httpx.Client, room: Room, tmp_path: Any) -> None:
    host = name(room)
    page = come(phone, room, host)
    assert end_host(room.desk.signing, room.sheet(), host, BY)
    assert not end_host(room.desk.signing, room.sheet(), host, BY)
    assert phone.get(page).status_code == 410
    with room.desk.database.read() as connection:
        left = host_by_id(connection, host)
    assert left is not None
    assert (left.name, left.email) == ("", "")
    assert letters(room, tmp_path) == []


def test_the_link_ends_some_days_after_the_session(
    phone: httpx.Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = come(phone, room, name(room))
    later = room.sheet().ends_at + timedelta(days=7)
    monkeypatch.setattr("shared.base.clock.epoch_seconds", later.timestamp)
    assert phone.get(page).status_code == 410


def test_the_letter_brings_a_link_that_opens_the_page(
    phone: httpx.Client, room: Room, tmp_path: Any
) -> None:
    """As whoever sends emails makes it: the path, with a pass until then."""
    name(room)
    [letter] = letters(room, tmp_path)
    assert "L’eau et la ville A" in letter["subject"]
    assert "Marie" not in json.dumps(letter["paragraphs"])
    until = room.sheet().ends_at + timedelta(days=7)
    link = with_pass_until(letter["path"], room.desk.settings.keys, int(until.timestamp()))
    assert phone.get(link).headers["location"] == letter["path"]
    assert phone.get(letter["path"]).status_code == 200


def test_letters_come_the_day_before_once_and_again_when_it_moves(
    room: Room, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.begin(now() + timedelta(days=3), version=2)
    host = name(room)
    assert letters(room, tmp_path) == []
    eve = room.sheet().starts_at - timedelta(hours=23)
    monkeypatch.setattr("shared.base.clock.epoch_seconds", eve.timestamp)
    assert len(letters(room, tmp_path)) == 1
    assert len(letters(room, tmp_path)) == 1
    room.move(timedelta(hours=1), version=3)
    assert len(letters(room, tmp_path)) == 2
    room.move(timedelta(), version=4, wing=", aile B")
    *_, newest = letters(room, tmp_path)
    assert "aile B" in newest["paragraphs"][0]
    assert write_again(room.desk.database, room.sheet(), host, BY)
    assert len(letters(room, tmp_path)) == 4


def test_a_session_that_is_moved_back_is_told_as_it_is(
    room: Room, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.begin(now() + timedelta(days=3), version=2)
    name(room)
    eve = room.sheet().starts_at - timedelta(hours=23)
    monkeypatch.setattr("shared.base.clock.epoch_seconds", eve.timestamp)
    [first] = letters(room, tmp_path)
    room.move(timedelta(hours=1), version=3)
    assert len(letters(room, tmp_path)) == 2
    room.move(timedelta(hours=-1), version=4)
    *_, newest = letters(room, tmp_path)
    assert newest["paragraphs"] == first["paragraphs"]


def test_who_has_no_address_gets_the_link_from_the_organiser(
    room: Room, tmp_path: Any, as_organiser: httpx.Client
) -> None:
    host = name(room, email="")
    assert letters(room, tmp_path) == []
    assert not write_again(room.desk.database, room.sheet(), host, BY)
    shown = as_organiser.get(f"/organiser/journee/sheets/{room.sheet().id}").text
    assert f"/sheets/host/{host}?pass=" in shown


def test_the_log_forgets_the_address_of_who_hosts_no_more(room: Room, tmp_path: Any) -> None:
    host = name(room, email="marie@example.org")
    [asked] = letters(room, tmp_path)
    assert asked["email"] == "marie@example.org"
    assert end_host(room.desk.signing, room.sheet(), host, BY)
    [asked] = letters(room, tmp_path)
    assert (asked["email"], asked["name"], asked["path"]) == ("", "", "")
    with room.desk.database.read() as connection:
        erased = select(LoggedEvent.subject).where(LoggedEvent.type == "reader.erased")
        assert connection.execute(erased).scalars().all() == [host]

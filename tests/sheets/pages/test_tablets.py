"""The tablet: by pages, and by what its script sends, hours later and in any order."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import update

from services.sheets.base.tables import Device
from services.sheets.room.devices import add_device, end_device
from shared.base.clock import now
from tests.sheets.pages.room import LINE, SLUG, Attending, Room

BY = "o@example.org"


def lay(
    phone: httpx.Client, room: Room, called: str = "Tablet A", made: datetime | None = None
) -> str:
    """A tablet, opened by its link: the address of its page."""
    name = add_device(room.desk.database, SLUG, "tablet", called, BY)
    with room.desk.database.begin() as connection:
        if made is not None:
            connection.execute(update(Device).where(Device.id == name).values(created_at=made))
    link = room.desk.openings.link("tablet", str(name), now() + timedelta(days=2))
    return str(phone.get(link).headers["location"])


def entry(room: Room, who: Attending, **more: Any) -> dict[str, Any]:
    said = {"key": uuid4().hex, "sheet": room.sheet().id, "person": who.id, "strokes": None}
    return {**said, "at": now().isoformat(), **more}


def send(phone: httpx.Client, page: str, *entries: dict[str, Any]) -> list[dict[str, str]]:
    answer = phone.post(f"{page}/entries", json={"entries": entries})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, str]] = answer.json()["answers"]
    return answers


def test_one_after_the_other_by_pages_alone(phone: httpx.Client, room: Room) -> None:
    zoe, _ann = room.attends(), room.attends("Ann", "Le Goff")
    page = lay(phone, room)
    assert "0 of 2 signed" in phone.get(page).text
    sheet = f"{page}/{room.sheet().id}"
    found = phone.get(f"{sheet}?q=ndiaye%20zoe").text
    assert "Zoé N’Diaye" in found
    assert "Ann Le Goff" not in found
    assert "I am present on" in phone.get(f"{sheet}/{zoe.id}").text
    signed = phone.post(f"{sheet}/{zoe.id}", data={"key": "k", "strokes": LINE})
    assert signed.headers["location"] == f"{sheet}?said={zoe.id}"
    assert "Zoé N’Diaye has signed. Next, please." in phone.get(signed.headers["location"]).text
    dot = phone.post(f"{sheet}/{_ann.id}", data={"key": "k2", "strokes": "[[[1, 1]]]"})
    assert (dot.status_code, room.signed()) == (422, ["Zoé N’Diaye"])


def test_what_was_signed_without_a_network_counts_with_its_own_time(
    phone: httpx.Client, room: Room
) -> None:
    zoe = room.attends()
    page = lay(phone, room, made=now() - timedelta(hours=1))
    then = now() - timedelta(minutes=20)
    sent = entry(room, zoe, at=then.isoformat(), strokes=json.loads(LINE))
    assert send(phone, page, sent) == [{"key": sent["key"]}]
    person = room.people()[zoe.id]
    assert (person.signed_at, person.marks, person.by_hand) == (then, (), True)


def test_sent_again_it_is_one(phone: httpx.Client, room: Room) -> None:
    page = lay(phone, room)
    sent = entry(room, room.attends())
    assert send(phone, page, sent) == send(phone, page, sent) == [{"key": sent["key"]}]
    assert room.entries() == 1


def test_two_tablets_on_one_sheet(served: Callable[[], httpx.Client], room: Room) -> None:
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    left, right = served(), served()
    pages = lay(left, room, "left"), lay(right, room, "right")
    send(left, pages[0], entry(room, zoe))
    send(right, pages[1], entry(room, zoe), entry(room, ann))
    assert (room.signed(), room.entries()) == (["Ann Le Goff", "Zoé N’Diaye"], 2)


def test_a_wrong_clock_is_kept_and_marked(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    wrong = now() - timedelta(days=400)
    send(phone, lay(phone, room), entry(room, zoe, at=wrong.isoformat()))
    person = room.people()[zoe.id]
    assert person.signed_at == wrong
    assert person.noted_at is not None
    assert now() - person.noted_at < timedelta(minutes=1)
    assert "clock" in person.marks


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "1970-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
    ],
)
def test_a_moment_of_no_day_is_refused_by_itself(
    phone: httpx.Client, room: Room, as_organiser: httpx.Client, moment: str
) -> None:
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    page = lay(phone, room)
    bad, good = entry(room, zoe, at=moment), entry(room, ann)
    first, second = send(phone, page, bad, good)
    assert "The moment of this signature cannot be right" in first["why"]
    assert second == {"key": good["key"]}
    assert room.signed() == ["Ann Le Goff"]
    shown = as_organiser.get(f"/organiser/journee/sheets/{room.sheet().id}")
    assert (shown.status_code, "the clock of the device is wrong" in shown.text) == (200, True)


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ([], "draw more than a dot"),
        ([[[5, 5], [5, 6], [6, 6]]], "draw more than a dot"),
        ("nonsense", "could not be read"),
        ([[[1, 2]] * 5001], "too much"),
        ([[[index, 2] for index in range(5000)] for _ in range(3)], "too much"),
    ],
)
def test_what_is_no_signature_is_refused_by_itself(
    phone: httpx.Client, room: Room, strokes: Any, said: str
) -> None:
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    bad, good = entry(room, zoe, strokes=strokes), entry(room, ann)
    first, second = send(phone, lay(phone, room), bad, good)
    assert said in first["why"]
    assert second == {"key": good["key"]}
    assert room.signed() == ["Ann Le Goff"]


def test_five_megabytes_are_no_signature(phone: httpx.Client, room: Room) -> None:
    sent = entry(room, room.attends(), strokes=[[[1, 2]] * 900_000])
    answer = phone.post(f"{lay(phone, room)}/entries", json={"entries": [sent]})
    assert answer.status_code == 413
    assert room.entries() == 0


def test_a_cancelled_place_is_refused_at_once_and_kept_later(
    phone: httpx.Client, room: Room, as_organiser: httpx.Client
) -> None:
    """Whoever stands there is told; what was signed hours ago has happened."""
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    room.cancels(zoe)
    room.cancels(ann)
    page = lay(phone, room)
    [now_refused] = send(phone, page, entry(room, zoe))
    assert "This place was cancelled" in now_refused["why"]
    before = (now() - timedelta(minutes=20)).isoformat()
    [kept] = send(phone, page, entry(room, ann, at=before))
    assert "why" not in kept
    shown = as_organiser.get(f"/organiser/journee/sheets/{room.sheet().id}").text
    assert shown.count("their place was cancelled") == 2


def test_what_waited_a_moment_for_the_network_is_kept_too(phone: httpx.Client, room: Room) -> None:
    """Whoever signed has gone on, however short it was."""
    zoe = room.attends()
    room.cancels(zoe)
    [kept] = send(phone, lay(phone, room), entry(room, zoe, queued=True))
    assert "why" not in kept
    assert room.people()[zoe.id].marks == ("cancelled",)


def test_the_list_names_who_is_expected_and_no_more(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    room.cancels(room.attends("Ann", "Le Goff"))
    answer = phone.get(f"{lay(phone, room)}/list.json").json()
    [first] = [each for each in answer["sheets"] if each["id"] == room.sheet().id]
    assert first["people"] == [
        {"id": zoe.id, "name": "Zoé N’Diaye", "organisation": "Ville de Lyon", "signed_at": None}
    ]
    assert zoe.code not in json.dumps(answer)


def test_one_that_was_ended_is_a_tablet_no_more(phone: httpx.Client, room: Room) -> None:
    page = lay(phone, room)
    end_device(room.desk.database, SLUG, page.rpartition("/")[2], BY)
    assert phone.get(page).status_code == 410
    assert phone.get(f"{page}/list.json").status_code == 410
    [refused] = send(phone, page, entry(room, room.attends()))
    assert "This tablet had been ended before" in refused["why"]
    assert room.entries() == 0


def test_what_was_signed_before_its_end_still_comes_for_a_week_with_a_mark(
    phone: httpx.Client,
    room: Room,
    as_organiser: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zoe, page = room.attends(), lay(phone, room)
    sent = entry(room, zoe)
    ends = now() + timedelta(seconds=20)
    monkeypatch.setattr("shared.base.clock.epoch_seconds", ends.timestamp)
    end_device(room.desk.database, SLUG, page.rpartition("/")[2], BY)
    assert send(phone, page, sent) == [{"key": sent["key"]}]
    assert room.people()[zoe.id].marks == ("ended",)
    shown = as_organiser.get(f"/organiser/journee/sheets/{room.sheet().id}").text
    assert "came after its tablet was ended" in shown
    assert phone.get(f"{page}/list.json").status_code == 410
    monkeypatch.setattr("shared.base.clock.epoch_seconds", (ends + timedelta(days=7)).timestamp)
    assert phone.post(f"{page}/entries", json={"entries": []}).status_code == 410


def test_before_it_was_made_nobody_signed_on_it(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    before = (now() - timedelta(minutes=20)).isoformat()
    send(phone, lay(phone, room), entry(room, zoe, at=before))
    assert room.people()[zoe.id].marks == ("clock",)


def test_after_the_day_it_shows_nobody_and_still_brings_what_it_has(
    phone: httpx.Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = room.attends()
    page, sent = lay(phone, room), entry(room, zoe)
    later = now() + timedelta(days=2)
    monkeypatch.setattr("shared.base.clock.epoch_seconds", later.timestamp)
    assert phone.get(f"{page}/list.json").status_code == 410
    assert send(phone, page, sent) == [{"key": sent["key"]}]
    assert room.signed() == ["Zoé N’Diaye"]
    monkeypatch.setattr("shared.base.clock.epoch_seconds", (later + timedelta(days=7)).timestamp)
    assert phone.post(f"{page}/entries", json={"entries": []}).status_code == 410


def test_nobody_sends_for_it_without_its_link(phone: httpx.Client, room: Room) -> None:
    name = add_device(room.desk.database, SLUG, "tablet", "A", BY)
    assert phone.get(f"/sheets/tablet/{name}").status_code == 404
    assert phone.get(f"/sheets/tablet/{name}/list.json").status_code == 404
    body = {"entries": [entry(room, room.attends())]}
    assert phone.post(f"/sheets/tablet/{name}/entries", json=body).status_code == 404
    assert room.entries() == 0

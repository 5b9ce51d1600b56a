"""Signing on one's own phone: by the room's code, known by a link or by badge and name."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from services.sheets.pages.phone import CODES, NAMES
from shared.base.clock import now
from shared.words.codes import new_code
from tests.sheets.pages.room import LINE, Attending, Room


def come_in(phone: httpx.Client, room: Room, session: str = "atelier-1") -> str:
    """By what the screen shows; the address of the sheet to sign."""
    sheet = room.sheet(session)
    answer = phone.get(f"/sheets/here/{sheet.id}/{room.shown(session)}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sheets/sign/{sheet.id}")
    return str(answer.headers["location"])


def be(phone: httpx.Client, page: str, who: Attending) -> None:
    answer = phone.post(f"{page}/who", data={"last_name": who.last_name, "code": who.code})
    assert answer.status_code == 303, answer.text


def sign(phone: httpx.Client, page: str, **fields: str) -> httpx.Response:
    key = re.search(r'name="key" value="([^"]+)"', phone.get(page).text)
    data = {"key": key[1] if key else "none", "strokes": LINE, **fields}
    return phone.post(page, data=data)


def test_somebody_draws_and_has_signed(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    asked = phone.get(page).text
    assert "Who are you?" in asked
    assert "paste the link to your place from one of these emails" in asked  # no other is known
    be(phone, page, zoe)
    shown = phone.get(page).text
    assert "Zoé N’Diaye" in shown
    assert "I am present on" in shown
    assert "Salle A" in shown
    assert sign(phone, page).headers["location"] == page
    assert "Signed" in phone.get(page).text
    [person] = room.people().values()
    assert (person.source, person.by_hand) == ("phone", True)


def test_who_cannot_draw_confirms(phone: httpx.Client, room: Room) -> None:
    page = come_in(phone, room)
    be(phone, page, room.attends())
    assert sign(phone, page, strokes="", confirm="yes").status_code == 303
    [person] = room.people().values()
    assert (person.signed_at is not None, person.by_hand) == (True, False)


def test_their_own_link_says_who_they_are(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    pasted = phone.post(f"{page}/who", data={"last_name": "", "code": f"{zoe.link}?saved=true"})
    assert pasted.status_code == 303
    assert "Zoé N’Diaye" in phone.get(page).text
    forged = zoe.link[:-1] + ("0" if zoe.link[-1] != "0" else "1")
    wrong = phone.post(f"{page}/who", data={"last_name": zoe.last_name, "code": forged})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "pasted",
    [
        "https://emarge.example/certificates/7XKM-A9RT?key=abc",
        "emarge.example/sheets/host/12",
        "WWW.EMARGE.EXAMPLE",
    ],
)
def test_another_link_is_said_to_be_another(phone: httpx.Client, room: Room, pasted: str) -> None:
    page = come_in(phone, room)
    refused = phone.post(f"{page}/who", data={"last_name": "N’Diaye", "code": pasted})
    assert refused.status_code == 422
    assert "This is not the link to your place that your emails have" in refused.text


@pytest.mark.parametrize("typed", ["n'diaye", "NDIAYE", "N’Diaye Zoé", " zoe ndiaye "])
def test_a_name_is_read_as_people_type_it(phone: httpx.Client, room: Room, typed: str) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    answer = phone.post(f"{page}/who", data={"last_name": typed, "code": zoe.code.lower()})
    assert answer.status_code == 303


@pytest.mark.parametrize("typed", ["", "Zoé", "N", "Diay", "-"])
def test_a_code_without_its_name_says_nothing(phone: httpx.Client, room: Room, typed: str) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    answer = phone.post(f"{page}/who", data={"last_name": typed, "code": zoe.code})
    assert answer.status_code == 422


def test_the_next_sheet_knows_who_signs_on_this_phone(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    be(phone, come_in(phone, room), zoe)
    phone.cookies.delete("emarge-sheets-room")
    assert "Zoé N’Diaye" in phone.get(come_in(phone, room)).text


def test_a_colleague_signs_on_the_same_phone(phone: httpx.Client, room: Room) -> None:
    zoe, ann = room.attends(), room.attends("Ann", "Le Goff")
    page = come_in(phone, room)
    be(phone, page, zoe)
    sign(phone, page)
    assert "A colleague signs on this phone" in phone.get(page).text
    phone.post(f"{page}/another")
    be(phone, page, ann)
    sign(phone, page)
    assert room.signed() == ["Ann Le Goff", "Zoé N’Diaye"]


@pytest.mark.parametrize("seconds", [41, 60, 300])
def test_a_picture_of_the_screen_sent_home_is_refused(
    phone: httpx.Client, room: Room, seconds: int
) -> None:
    code = room.shown(at=now() - timedelta(seconds=seconds + 20))
    answer = phone.get(f"/sheets/here/{room.sheet().id}/{code}")
    assert answer.status_code == 403
    assert "more than 40 seconds ago" in answer.text
    assert "emarge-sheets-room" not in phone.cookies


def test_the_page_sent_home_is_refused_too(served: Callable[[], httpx.Client], room: Room) -> None:
    """Its address is no key: what was read off the screen is in the cookie of that phone."""
    there, at_home = served(), served()
    zoe = room.attends()
    page = come_in(there, room)
    assert at_home.get(page).status_code == 403
    refused = at_home.post(f"{page}/who", data={"last_name": zoe.last_name, "code": zoe.code})
    assert refused.status_code == 403
    at_home.cookies.set("emarge-sheets-person", room.desk.tickets.of_person(zoe.id))
    assert sign(at_home, page).status_code == 403
    assert room.signed() == []


def test_the_time_in_the_room_ends(
    phone: httpx.Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = come_in(phone, room)
    be(phone, page, room.attends())
    begun = now()
    monkeypatch.setattr("shared.base.clock.epoch_seconds", (begun + timedelta(minutes=4)).timestamp)
    assert phone.get(page).status_code == 200
    monkeypatch.setattr(
        "shared.base.clock.epoch_seconds", (begun + timedelta(minutes=5, seconds=3)).timestamp
    )
    answer = sign(phone, page)
    assert (answer.status_code, "Look at the screen" in answer.text) == (403, True)


def test_the_code_of_another_room_says_which(phone: httpx.Client, room: Room) -> None:
    answer = phone.get(f"/sheets/here/{room.sheet().id}/{room.shown('atelier-2')}")
    assert answer.status_code == 403
    assert "This is the code of another room: “L&#39;eau et la ville B”" in answer.text


def test_a_typed_code_finds_its_sheet(phone: httpx.Client, room: Room) -> None:
    answer = phone.post("/sheets/here", data={"code": room.shown("atelier-2").lower()})
    assert answer.headers["location"] == f"/sheets/sign/{room.sheet('atelier-2').id}"
    slip = phone.post("/sheets/here", data={"code": "34"})
    assert (slip.status_code, "six characters" in slip.text) == (403, True)


def test_guessed_codes_are_limited_and_slips_are_not(phone: httpx.Client, room: Room) -> None:
    sheet = room.sheet().id
    for _ in range(CODES.most + 5):
        phone.get(f"/sheets/here/{sheet}/ABC")
    statuses = [
        phone.get(f"/sheets/here/{sheet}/{new_code(6, 6)}").status_code
        for _ in range(CODES.most + 1)
    ]
    assert statuses[-1] == 429
    assert statuses.count(403) <= CODES.most
    refused = phone.post("/sheets/here", data={"code": room.shown()})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def test_guessed_names_are_limited(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    said = {"last_name": "Nobody", "code": zoe.code}
    answers = [phone.post(f"{page}/who", data=said) for _ in range(NAMES.most + 1)]
    assert "Nobody of this day has that code" in answers[0].text
    assert answers[-1].status_code == 429


def test_twice_is_once(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    be(phone, page, zoe)
    data = {"key": "one-and-the-same", "strokes": LINE}
    assert [phone.post(page, data=data).status_code for _ in range(2)] == [303, 303]
    assert sign(phone, page).status_code == 303
    assert room.entries() == 1


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ("", "draw more than a dot"),
        ("[]", "draw more than a dot"),
        ("[[[5, 5], [5, 5], [5, 5], [6, 6]]]", "draw more than a dot"),
        ("[[[1, 2], [3", "could not be read"),
        ("[[[1, 2, 3], [20000, 1]]]", "could not be read"),
        (f"[[{', '.join(['[1, 2]'] * 5001)}]]", "too much for a signature"),
    ],
)
def test_what_is_no_signature_is_said_so(
    phone: httpx.Client, room: Room, strokes: str, said: str
) -> None:
    page = come_in(phone, room)
    be(phone, page, room.attends())
    answer = sign(phone, page, strokes=strokes)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert room.entries() == 0


def test_five_megabytes_are_refused_with_a_page(phone: httpx.Client, room: Room) -> None:
    page = come_in(phone, room)
    be(phone, page, room.attends())
    answer = phone.post(page, data={"key": "k", "strokes": "[" * 5_000_000})
    assert (answer.status_code, "more than a signature is" in answer.text) == (413, True)
    assert room.entries() == 0


def test_a_cancelled_place_is_told_and_the_organiser_sees_it(
    phone: httpx.Client, room: Room, as_organiser: httpx.Client
) -> None:
    zoe = room.attends()
    page = come_in(phone, room)
    be(phone, page, zoe)
    room.cancels(zoe)
    answer = sign(phone, page)
    assert (answer.status_code, "This place was cancelled" in answer.text) == (409, True)
    seen = as_organiser.get("/organiser/journee/sheets").text
    assert "Signatures that were refused" in seen
    assert "their place was cancelled" in seen
    assert room.signed() == []


def test_who_is_not_on_the_list_is_told_before_they_sign(phone: httpx.Client, room: Room) -> None:
    zoe = room.attends(session="atelier-2")
    page = come_in(phone, room)
    data = {"code": zoe.code, "last_name": zoe.last_name}
    answer = phone.post(f"{page}/who", data=data)  # before they draw
    assert (answer.status_code, "not on the list" in answer.text) == (409, True)


def test_nobody_knows_a_sheet_that_is_none(phone: httpx.Client, room: Room) -> None:
    assert phone.get(f"/sheets/here/none/{room.shown()}").status_code == 404
    assert phone.get("/sheets/sign/none").status_code == 404
    assert phone.post("/sheets/sign/none", data={}).status_code == 404

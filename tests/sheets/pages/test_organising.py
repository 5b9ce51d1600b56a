"""The organiser's pages about sheets: what they show, what is done there and by whom."""

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import select

from services.sheets.base.tables import Act
from services.sheets.pages.at_desk import Desk
from services.sheets.sealing.asking import seal_now
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.testing.standing import Answers
from tests.sheets.pages.room import SLUG, ZONE, Attending, Room, organiser

HERE = f"/organiser/{SLUG}/sheets"


def signs(room: Room, who: Attending, session: str = "atelier-1") -> None:
    by, sheet = By("person", source="phone"), room.sheet(session).id
    sign(room.desk.signing, sheet, who.id, by=by, at=now(), strokes=None, key=who.id)


def clock(room: Room, minutes: int) -> str:
    moment = room.sheet().starts_at + timedelta(minutes=minutes)
    return moment.astimezone(ZoneInfo(ZONE)).strftime("%H:%M")


def acts(room: Room) -> list[str]:
    with room.desk.database.read() as connection:
        return list(connection.execute(select(Act.what).order_by(Act.number)).scalars())


def test_all_sheets_with_their_counts(as_organiser: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    room.attends("Ann", "Le Goff")
    signs(room, zoe)
    shown = as_organiser.get(HERE).text
    assert "1 / 2" in shown
    assert "0 / 0" in shown
    assert "A sheet for each session" in shown


def test_what_there_is_a_sheet_of_is_chosen_until_somebody_has_signed(
    as_organiser: httpx.Client, room: Room
) -> None:
    zoe = room.attends()
    wanted = {"unit": "half-day", "purpose": "tax"}
    assert as_organiser.post(f"{HERE}/choice", data=wanted).status_code == 303
    units = {each.unit for each in room.sheets if each.state == "open"}
    assert all(unit.endswith(("-am", "-pm")) for unit in units)
    shown = as_organiser.get(HERE).text
    assert re.search("Morning|Afternoon", shown)
    back = {"unit": "session", "purpose": "european"}
    assert as_organiser.post(f"{HERE}/choice", data=back).status_code == 303
    signs(room, zoe)
    refused = as_organiser.post(f"{HERE}/choice", data=wanted)
    assert (refused.status_code, "Somebody has signed already" in refused.text) == (409, True)
    assert as_organiser.post(f"{HERE}/choice", data={"unit": "x"}).status_code == 422


def test_what_was_signed_and_struck_is_no_other_sheet(
    as_organiser: httpx.Client, room: Room
) -> None:
    """The page does not offer what would be refused."""
    zoe = room.attends()
    signs(room, zoe)
    page = f"{HERE}/{room.sheet().id}"
    as_organiser.post(f"{page}/strike", data={"person": zoe.id, "key": "s", "reason": "not here"})
    assert room.signed() == []
    assert "Somebody has signed: this stays as it is." in as_organiser.get(HERE).text
    other = {"unit": "half-day", "purpose": "own"}
    assert as_organiser.post(f"{HERE}/choice", data=other).status_code == 409


def test_a_signature_is_struck_with_a_reason(as_organiser: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    signs(room, zoe)
    page = f"{HERE}/{room.sheet().id}"
    without = as_organiser.post(f"{page}/strike", data={"person": zoe.id, "key": "a"})
    assert (without.status_code, "Say why" in without.text) == (422, True)
    said = {"person": zoe.id, "key": "b", "reason": "a colleague signed"}
    assert as_organiser.post(f"{page}/strike", data=said).status_code == 303
    assert room.signed() == []
    assert "signature struck" in as_organiser.get(page).text


def test_times_are_corrected(as_organiser: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    signs(room, zoe)
    page = f"{HERE}/{room.sheet().id}"
    said = {"person": zoe.id, "key": "a", "what": "left", "time": clock(room, 20)}
    assert as_organiser.post(f"{page}/times", data=said).status_code == 303
    assert room.people()[zoe.id].left_at is not None
    assert "left at" in as_organiser.get(page).text


def test_what_was_odd_is_looked_at_and_counts(as_organiser: httpx.Client, room: Room) -> None:
    zoe = room.attends()
    wrong = now() - timedelta(days=300)
    by = By("tablet", "A", "tablet")
    sign(room.desk.signing, room.sheet().id, zoe.id, by=by, at=wrong, strokes=None, key="k")
    page = f"{HERE}/{room.sheet().id}"
    assert "the clock of the device was wrong" in as_organiser.get(page).text
    said = {"person": zoe.id, "key": "s", "reason": "the tablet was new"}
    assert as_organiser.post(f"{page}/settle", data=said).status_code == 303
    assert "the clock of the device was wrong" not in as_organiser.get(page).text


def test_who_could_not_sign_is_written_down_with_a_reason(
    as_organiser: httpx.Client, room: Room
) -> None:
    """Not on this sheet's list, and of a place that was cancelled."""
    zoe, ann = room.attends(session="atelier-2"), room.attends("Ann", "Le Goff")
    room.cancels(ann)
    page = f"{HERE}/{room.sheet().id}"
    assert f"{page}/written" in as_organiser.get(page).text
    for who, sought in ((zoe, "ndiaye"), (ann, "legoff")):
        assert who.id in as_organiser.get(f"{page}/written", params={"q": sought}).text
        data = {"person": who.id, "time": clock(room, 5), "key": "k", "q": sought}
        without = as_organiser.post(f"{page}/written", data=data)
        assert (without.status_code, who.id in without.text) == (422, True)
        sent = as_organiser.post(f"{page}/written", data={**data, "reason": "I saw them"})
        assert sent.status_code == 303, sent.text
    assert (room.signed(), room.entries()) == (["Ann Le Goff", "Zoé N’Diaye"], 2)
    shown = as_organiser.get(page).text
    assert shown.count("written down by the organiser · I saw them") == 2
    entry = room.people()[zoe.id].entry
    assert entry is not None
    assert (entry.actor_kind, entry.source) == ("organiser", "")


def test_what_changed_since_its_seal_is_said_on_its_own_page(
    as_organiser: httpx.Client, room: Room
) -> None:
    signs(room, zoe := room.attends())
    page = f"{HERE}/{room.sheet().id}"
    seal_now(room.desk.database, room.sheet().id, by=By("organiser", "o@example.org"))
    said = "Changed since its seal; sealed again within minutes"
    assert said not in as_organiser.get(page).text
    as_organiser.post(f"{page}/strike", data={"person": zoe.id, "reason": "left", "key": "k"})
    assert said in as_organiser.get(page).text


def test_hosts_are_named_corrected_and_taken_off(as_organiser: httpx.Client, room: Room) -> None:
    page = f"{HERE}/{room.sheet().id}"
    wrong = as_organiser.post(f"{page}/hosts", data={"name": "Marie", "email": "marie"})
    assert (wrong.status_code, "One looks like name@example.org" in wrong.text) == (422, True)
    named = {"name": "Marie", "email": "m@example.org"}
    assert as_organiser.post(f"{page}/hosts", data=named).status_code == 303
    [host] = re.findall(rf'action="{page}/hosts/(\w+)"', as_organiser.get(page).text)
    corrected = {"name": "Marie", "email": "marie@example.org"}
    as_organiser.post(f"{page}/hosts/{host}", data=corrected)
    [newer] = re.findall(rf'action="{page}/hosts/(\w+)"', as_organiser.get(page).text)
    assert newer != host
    late = as_organiser.post(f"{page}/hosts/{host}", data=named)
    assert late.headers["location"].endswith("said=late")
    as_organiser.post(f"{page}/hosts/{newer}/letter")
    as_organiser.post(f"{page}/hosts/{newer}/end")
    assert f"{page}/hosts/{newer}" not in as_organiser.get(page).text
    assert acts(room) == ["host.named", "host.readdressed", "host.written-to", "host.ended"]


def test_tablets_and_screens_are_made_listed_and_ended(
    as_organiser: httpx.Client, room: Room, phone: httpx.Client
) -> None:
    assert as_organiser.post(f"{HERE}/tablets", data={"name": " "}).status_code == 422
    as_organiser.post(f"{HERE}/tablets", data={"name": "Entrance"})
    shown = as_organiser.get(f"{HERE}/tablets").text
    [link] = re.findall(r'value="http[^"]*(/sheets/tablet/[^"]+)"', shown)
    page = phone.get(link).headers["location"]
    assert phone.get(page).status_code == 200
    as_organiser.post(f"{HERE}/tablets/{page.rpartition('/')[2]}/end")
    assert phone.get(page).status_code == 410
    sheet = f"{HERE}/{room.sheet().id}"
    screen = as_organiser.post(f"{sheet}/screens").headers["location"]
    opened = phone.get(screen).headers["location"]
    assert phone.get(opened).status_code == 200
    as_organiser.post(f"{sheet}/screens/{opened.rpartition('/')[2]}/end")
    assert phone.get(opened).status_code == 410
    assert acts(room) == ["tablet.made", "tablet.ended", "screen.made", "screen.ended"]


def test_another_conferences_sheet_is_none_of_theirs(
    as_organiser: httpx.Client, room: Room
) -> None:
    elsewhere = room.begin_elsewhere()
    assert as_organiser.get(f"{HERE}/{elsewhere}").status_code == 404
    assert as_organiser.post(f"{HERE}/{elsewhere}/screens").status_code == 404
    assert as_organiser.post(f"{HERE}/none/screens").status_code == 404


def test_who_may_only_look_sees_and_changes_nothing(
    served: Callable[[], httpx.Client], desk: Desk, room: Room, registration: Answers
) -> None:
    zoe = room.attends()
    signs(room, zoe)
    registration.role = "viewer"
    viewer = organiser(served(), desk, "viewer")
    page = f"{HERE}/{room.sheet().id}"
    for address in (HERE, page, f"{HERE}/tablets", f"{page}/paper"):
        shown = viewer.get(address)
        assert shown.status_code == 200
        assert "<button" not in shown.text
    assert "Zoé N’Diaye" in viewer.get(page).text
    assert viewer.get(f"{page}/paper/any").status_code == 403
    said = {"person": zoe.id, "key": "b", "reason": "no"}
    assert viewer.post(f"{page}/strike", data=said).status_code == 403
    assert room.signed() == ["Zoé N’Diaye"]


def test_strangers_are_led_to_registration(phone: httpx.Client, room: Room) -> None:
    answer = phone.get(f"{HERE}/{room.sheet().id}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/organiser/{SLUG}/open/sheets")

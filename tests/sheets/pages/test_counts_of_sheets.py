"""A sheet's numbers are the same wherever they stand."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx

from services.sheets.base.seals import seal_by_number
from services.sheets.hosts.hosting import name_host
from services.sheets.keeping.erasing import erase_person
from services.sheets.resources import Resources
from services.sheets.room.devices import add_device
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.service import service
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.storage.folder import FolderStorage
from shared.testing import drain
from tests.sheets.pages.room import SLUG, Attending, Room

HERE = f"/organiser/{SLUG}/sheets"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 2000


def signs(room: Room, who: Attending, session: str = "atelier-1") -> None:
    by, sheet = By("person", source="phone"), room.sheet(session).id
    sign(room.desk.signing, sheet, who.id, by=by, at=now(), strokes=None, key=who.id)


def test_counts_are_one_wherever_they_stand(
    as_organiser: httpx.Client, served: Callable[[], httpx.Client], room: Room, tmp_path: Path
) -> None:
    """Three have signed, of whom one cancelled since and one was erased; one is missing."""
    zoe, ann, gone = room.attends(), room.attends("Ann", "Le Goff"), room.attends("Bo", "Berg")
    room.attends("Cy", "Clay")
    for each in (zoe, ann, gone):
        signs(room, each)
    room.cancels(ann)
    with room.desk.database.begin() as connection:
        erase_person(connection, FolderStorage(tmp_path), gone.id, SLUG)
    assert "3 / 4" in as_organiser.get(HERE).text
    host, tablet, wall = served(), served(), served()
    name = name_host(room.desk.database, room.sheet(), "Marie Curie", "", "fr", "o@example.org")
    until = now() + timedelta(days=1)
    page = host.get(room.desk.openings.link("host", name, until)).headers["location"]
    for shown in (as_organiser.get(f"{HERE}/{room.sheet().id}").text, host.get(page).text):
        assert re.search(r'number">3</strong>\s+of 4 have signed', shown)
        assert "Signed: 3" in shown
        assert "Missing: 1" in shown
    device = add_device(room.desk.database, SLUG, "tablet", "A", "o@example.org")
    page = tablet.get(room.desk.openings.link("tablet", str(device), until)).headers["location"]
    assert "3 of 4 signed" in tablet.get(page).text
    assert "3 of 4 signed" in tablet.get(f"{page}/{room.sheet().id}").text
    screen = add_device(room.desk.database, SLUG, "screen", "", "o@example.org", room.sheet().id)
    page = wall.get(room.desk.openings.link("screen", str(screen), until)).headers["location"]
    assert re.search(r'number">3</strong>\s+of 4 have signed', wall.get(page).text)
    with room.desk.database.begin() as connection:
        asked = ask_for_seal(connection, room.sheet().id, by=By("organiser", "o@example.org"))
    resources = Resources(room.desk.signing, FolderStorage(tmp_path))
    drain(service, room.desk.database, resources)
    with room.desk.database.read() as connection:
        sealed = seal_by_number(connection, room.sheet().id, asked.number)
    assert (sealed.made, sealed.signed, sealed.listed) == (True, 3, 4)

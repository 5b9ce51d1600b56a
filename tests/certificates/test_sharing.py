"""A page to share: off until its holder switches it on, and gone when they switch it off."""

import re
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding import sharing
from services.certificates.holding.tables import SharedPage
from services.certificates.holding.visits import PLACE
from shared.base.database import Database
from tests.certificates.holders import DrawnDocuments, come_in, readdressed, send
from tests.certificates.service_doubles import (
    PUBLIC_URL,
    House,
    PlainDocuments,
    certified,
    erased,
    open_house,
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the API."""
    return sqlite_url


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    house = open_house(database, tmp_path / "documents")
    house.documents = DrawnDocuments()
    return house


@pytest.fixture
def holder(house: House, browser: httpx.Client, settings: CertificatesSettings) -> httpx.Client:
    house.issue(certified())
    return come_in(house, browser, settings)


def shared(holder: httpx.Client) -> str:
    """The path of the page that is on."""
    [path] = set(re.findall(r'value="https://emarge.example(/\S+)"', holder.get(PLACE).text))
    return path


def pages(house: House) -> int:
    with house.database.read() as connection:
        return len(connection.execute(select(SharedPage.token)).all())


def switch(house: House, holder: httpx.Client, on: bool, version: int = 1) -> None:
    code = house.code(attendance_version=version)
    answer = send(holder, "share", code=code, shared="on" if on else "off")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PLACE}#c-{code}"


def test_it_shows_what_the_document_says_and_no_more(house: House, holder: httpx.Client) -> None:
    assert "/certificates/shared/" not in holder.get(PLACE).text, "off by default"
    switch(house, holder, on=True)
    path = shared(holder)
    page = httpx.get(holder.base_url.join(path), headers={"Accept-Language": "fr"}).text
    record = house.record()
    for said in ("Zoë Ñandú", "Journée nationale", "7 mai 2026", "Atelier\u00a02"):
        assert said in page.replace("&nbsp;", "\u00a0")
    for secret in ("zoe@example.org", "/r/secret", record.link_key, record.id, "r-1"):
        assert secret not in page
    meta = dict(re.findall(r'<meta property="og:(\S+)" content="([^"]*)"', page))
    assert meta["url"] == f"{PUBLIC_URL}{path}"
    assert meta["image"] == f"{PUBLIC_URL}{path}.png"
    assert "Zoë Ñandú" in meta["title"]
    assert '<meta name="robots" content="noindex">' in page


def test_the_picture_is_drawn_anew_and_is_that_of_the_document_that_counts(
    house: House, holder: httpx.Client
) -> None:
    switch(house, holder, on=True)
    path = shared(holder)
    for colour in ("red", "blue"):
        answer = holder.get(f"{path}.png")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "no-store"
        picture = Image.open(BytesIO(answer.content))
        assert picture.size == (2400, 1260)
        assert picture.info == {}, "no word of the file's own"
        middle = {"red": (255, 0, 0), "blue": (0, 0, 255)}[colour]
        assert picture.getpixel((1200, 630)) == pytest.approx(middle, abs=3)
        assert holder.get(f"{path}.png").content == answer.content
        house.documents.colour = "blue"  # type: ignore[attr-defined]  # of documents that are drawn
        if colour == "red":
            house.issue(certified(attendance_version=2))
    assert house.code(attendance_version=2) in holder.get(path).text


def test_switched_off_page_and_picture_are_gone_and_stay_so(
    house: House, holder: httpx.Client
) -> None:
    switch(house, holder, on=True)
    switch(house, holder, on=True)  # pressed twice
    path = shared(holder)
    assert holder.get(f"{path}.png").status_code == 200
    switch(house, holder, on=False)
    assert holder.get(path).status_code == 404
    assert holder.get(f"{path}.png").status_code == 404
    switch(house, holder, on=True)
    assert shared(holder) != path
    assert holder.get(path).status_code == 404


def test_what_was_shared_from_an_address_that_was_wrong_is_gone(
    house: House, holder: httpx.Client
) -> None:
    switch(house, holder, on=True)
    path, let_in = shared(holder), house.record()
    house.issue(readdressed(house, "r-1", "ZOE@example.org"))
    assert holder.get(path).status_code == 200, "the same mailbox, written otherwise"
    house.issue(readdressed(house, "r-1", "new@example.org"))
    assert holder.get(path).status_code == 404
    assert holder.get(f"{path}.png").status_code == 404
    assert pages(house) == 0
    assert not sharing.share(house.database, let_in), "let in a moment before"


def test_nobody_switches_with_the_link_of_the_document(house: House, browser: httpx.Client) -> None:
    """Which organisers have, and whoever it was passed on to."""
    house.issue(certified())
    record = house.record()
    form = {"code": record.code, "key": record.link_key, "shared": "on"}
    assert send(browser, "share", **form).status_code == 403


def test_what_counts_no_more_is_not_shown(house: House, holder: httpx.Client) -> None:
    switch(house, holder, on=True)
    path = shared(holder)
    house.revoke(house.code())
    assert holder.get(path).status_code == 404
    assert holder.get(f"{path}.png").status_code == 404
    switch(house, holder, on=False)
    switch(house, holder, on=True)
    assert pages(house) == 0, "there is nothing to show"


def test_an_erased_persons_is_gone(house: House, holder: httpx.Client) -> None:
    switch(house, holder, on=True)
    path = shared(holder)
    assert holder.get(f"{path}.png").status_code == 200
    assert pages(house) == 1
    house.issue(erased())
    assert pages(house) == 0
    assert holder.get(path).status_code == 404
    assert holder.get(f"{path}.png").status_code == 404


def test_a_document_that_cannot_be_drawn_has_no_picture(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    house.documents = PlainDocuments()  # text that says it is a PDF
    house.issue(certified())
    holder = come_in(house, browser, settings)
    switch(house, holder, on=True)
    assert holder.get(shared(holder)).status_code == 200
    assert holder.get(f"{shared(holder)}.png").status_code == 404

"""A picture that carries its badge: other people's readers take it out again."""

import io
import json
import xml.etree.ElementTree as ET

import httpx
import pytest
from openbadgeslib.ob3 import OB3Verifier
from PIL import Image

from services.certificates.badges import picture
from services.certificates.badges.baking import baked_png, baked_svg
from tests.certificates.badges.test_badges import badge
from tests.certificates.badges.verifiers import verify_json
from tests.certificates.service_doubles import House, certified

CONFERENCE = certified().data.conference


def fetched(house: House, browser: httpx.Client, form: str) -> httpx.Response:
    return browser.get(house.link().replace(".pdf?", f".{form}?")).raise_for_status()


def test_both_pictures_carry_the_badge(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    png, svg = fetched(house, browser, "png"), fetched(house, browser, "svg")
    assert (png.headers["content-type"], svg.headers["content-type"]) == (
        "image/png",
        "image/svg+xml",
    )
    plain = badge(house, browser, "json")
    for carried in (
        OB3Verifier.extract_token_from_png(png.content),
        OB3Verifier.extract_token_from_svg(svg.content),
    ):
        assert json.loads(carried) == json.loads(plain)
        assert verify_json(browser, carried)
    with Image.open(io.BytesIO(png.content)) as image:
        image.verify()
        assert image.size == (picture.SIDE, picture.SIDE)


def test_the_public_picture_carries_nothing(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    address = json.loads(badge(house, browser, "json"))["credentialSubject"]["achievement"]["image"]
    answer = browser.get(address["id"].removeprefix("https://emarge.example"))
    assert answer.headers["content-type"] == "image/png"
    assert b"openbadgecredential" not in answer.content
    assert browser.get("/api/certificates/pictures/nowhere.fr.png").status_code == 404


@pytest.mark.parametrize("text", ["]]>", "<script>alert(1)</script>", 'a "quote" & more'])
def test_nothing_in_a_badge_or_a_title_ends_the_picture_early(text: str) -> None:
    conference = CONFERENCE.model_copy(update={"title": text, "organiser": text})
    baked = baked_svg(picture.svg(conference, "fr"), json.dumps({"name": text}))
    root = ET.fromstring(baked)  # noqa: S314  our own
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert json.loads(root[0].text or "") == {"name": text}


@pytest.mark.parametrize(
    "title", ["Journée", "日本語の会議", "مؤتمر", "A" * 200, "mot " * 60, "𠮷", "😀", " "]
)
def test_any_title_is_drawn_within_the_picture(title: str) -> None:
    conference = CONFERENCE.model_copy(update={"title": title})
    with Image.open(io.BytesIO(picture.png(conference, "en"))) as image:
        edge = image.convert("RGB").crop((0, 300, picture.SIDE, 301))
    # The frame is whole on both sides: no letter is over it.
    left = [edge.getpixel((x, 0)) for x in range(2, 26)]
    right = [edge.getpixel((picture.SIDE - 1 - x, 0)) for x in range(2, 26)]
    assert set(left) == set(right) == {(14, 81, 88)}


def test_what_is_no_png_is_not_baked() -> None:
    with pytest.raises(ValueError, match="no PNG"):
        baked_png(b"GIF89a", "{}")


def test_it_is_drawn_for_whom_the_day_was() -> None:
    words = {picture.svg(CONFERENCE, locale).count("7 mai 2026") for locale in ("fr", "en")}
    assert words == {0, 1}

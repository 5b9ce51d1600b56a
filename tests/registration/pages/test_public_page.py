"""The page worth sharing: what a link to it shows elsewhere, and what it shows itself."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from services.registration.desk import Desk
from services.registration.editing.public_page import Profile, set_picture, set_profile
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import Actor
from services.registration.pictures.reading import read_picture
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.drawn import opened, photo
from tests.registration.schema_org import RECOMMENDED, REQUIRED, broken, missing

ANN = Actor("organiser", "ann@example.org")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


def written(**facts: str) -> str:
    """The day, with a speaker and more."""
    speaks = "speakers: [{name: Ada King, title: Countess}]"
    text = programme_text(1, 2).replace("title: Opening,", f"title: Opening, {speaks},")
    more = "".join(f"{name}: {json.dumps(value)}\n" for name, value in facts.items())
    return text.replace("sessions:", f"address: 3 rue X, 93100\n{more}sessions:", 1)


def save(desk: Desk, on: Any = IN_THREE_WEEKS, *, draft: bool = False, **facts: str) -> None:
    save_programme(desk, parse_programme(written(**facts), on=on), Saving(ANN, draft=draft))


def structured(page: httpx.Response) -> dict[str, Any]:
    [block] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL
    )
    said: dict[str, Any] = json.loads(block)
    return said


def meta(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page.text)
    return {name: unescape(content) for name, content in found}


class TestWhereItIsShared:
    def test_networks_find_title_day_place_and_picture(self, visitor, desk: Desk) -> None:
        save(desk, description="Come **all**, see [us](https://example.org/x).")
        page = visitor.get("/c/day?lang=en")
        said = meta(page)
        address = f"{desk.links.public_url}/c/day"
        assert f'<link rel="canonical" href="{address}">' in page.text
        assert (said["og:url"], said["og:title"], said["og:type"]) == (address, "A day", "website")
        assert said["twitter:card"] == "summary_large_image"
        assert said["description"] == said["og:description"]
        assert said["description"].endswith(
            "The hall, Montreuil. Come all, see us (https://example.org/x)."
        )
        path = said["og:image"].removeprefix(desk.links.public_url)
        picture = visitor.get(path)
        assert picture.headers["content-type"] == said["og:image:type"] == "image/png"
        size = (int(said["og:image:width"]), int(said["og:image:height"]))
        assert opened(picture.content).size == size == (1200, 630)
        assert "immutable" in picture.headers["cache-control"]

    def test_in_the_language_of_the_page(self, visitor, desk: Desk) -> None:
        save(desk)
        french, english = (meta(visitor.get(f"/c/day?lang={code}")) for code in ("fr", "en"))
        assert (french["og:locale"], english["og:locale"]) == ("fr_FR", "en_GB")
        assert french["og:image"] != english["og:image"]
        assert french["description"] != english["description"]

    def test_a_new_programme_is_a_new_picture(self, visitor, desk: Desk) -> None:
        save(desk)
        before = meta(visitor.get("/c/day"))["og:image"].removeprefix(desk.links.public_url)
        first = visitor.get(before).content
        save(desk, colour="#7a1f5c")
        after = meta(visitor.get("/c/day"))["og:image"].removeprefix(desk.links.public_url)
        assert after != before
        assert opened(visitor.get(after).content).convert("RGB").getpixel((5, 5)) == (122, 31, 92)
        old = visitor.get(before)
        assert "immutable" not in old.headers["cache-control"]
        assert old.content != first

    @pytest.mark.parametrize(
        "title", ["X" * 300, "Mot " * 75, "Łódź ‑ 日本 🎉", "«\u202fA\u202f»", "日本"]
    )
    def test_any_title_is_drawn(self, visitor, desk: Desk, title: str) -> None:
        quoted = json.dumps(title, ensure_ascii=False)
        text = written().replace("title: A day", f"title: {quoted}")
        save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving(ANN))
        assert visitor.get("/c/day/card-fr.png").status_code == 200

    def test_a_draft_is_nobody_s(self, visitor, desk: Desk) -> None:
        text = written().replace("slug: day", "slug: plan")
        save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving(ANN, draft=True))
        drawn = read_picture("image", photo())
        set_picture(desk, "plan", "image", drawn, ANN)
        paths = ("card-fr.png", "calendar.ics", f"pictures/{drawn.name}-720.webp")
        assert {visitor.get(f"/c/plan/{path}").status_code for path in paths} == {404}


class TestForMachines:
    def test_everything_is_of_schema_org(self, visitor, desk: Desk) -> None:
        save(
            desk,
            description="Come </script><script>alert(1)</script>",
            registration={"opens_at": "2019-09-02T09:00"},  # type: ignore[arg-type]  # a section
        )
        set_profile(
            desk, "day", Profile("Ada King", "First.", read_picture("portrait", photo())), ANN
        )
        said = structured(visitor.get("/c/day"))
        assert list(broken(said)) == []
        assert missing(said, REQUIRED + RECOMMENDED) == []
        assert len(said["subEvent"]) == len(desk.programmes.fresh("day").sessions)
        assert said["description"] == "Come </script><script>alert(1)</script>"
        assert (
            said["startDate"]
            == desk.programmes.fresh("day")
            .starts_at.astimezone(desk.programmes.fresh("day").zone)
            .isoformat()
        )

    def test_what_is_wrong_would_be_found(self) -> None:
        wrong = {"@type": "Event", "name": "", "startDate": "2030-05-06", "colour": "red"}
        assert list(broken(wrong)) == [
            "name: no Text",
            "startDate: no DateTime",
            "colour: no property of Event",
        ]
        assert missing(wrong, REQUIRED) == ["name", "location.name", "location.address"]

    def test_a_full_day_is_sold_out(self, visitor, desk: Desk) -> None:
        save(desk)
        assert structured(visitor.get("/c/day"))["offers"]["availability"].endswith("/InStock")
        for number, workshop in enumerate("abb"):
            register(desk, "day", someone(number, workshop))
        said = structured(visitor.get("/c/day"))
        assert said["offers"]["availability"].endswith("/SoldOut")
        rooms = {each["name"]: each.get("remainingAttendeeCapacity") for each in said["subEvent"]}
        assert (rooms["Workshop a"], rooms["Lunch"], rooms["Opening"]) == (0, 100, None)

    def test_another_date_says_which_it_was_until_it_is_that_again(
        self, visitor, desk: Desk
    ) -> None:
        save(desk)
        first = structured(visitor.get("/c/day"))["startDate"]
        for days in (7, 9):
            save(desk, IN_THREE_WEEKS + timedelta(days=days))
            said = structured(visitor.get("/c/day"))
            assert said["eventStatus"].endswith("/EventRescheduled")
            assert said["previousStartDate"] == first
            assert list(broken(said)) == []
        save(desk)
        said = structured(visitor.get("/c/day"))
        assert said["eventStatus"].endswith("/EventScheduled")
        assert "previousStartDate" not in said

    def test_a_cancelled_day_offers_nothing(self, visitor, desk: Desk) -> None:
        cancel_day(desk, "day", "Snow", ANN)
        said = structured(visitor.get("/c/day"))
        assert said["eventStatus"].endswith("/EventCancelled")
        assert "offers" not in said
        assert list(broken(said)) == []


class TestOnThePage:
    def test_how_to_get_there_and_into_a_calendar(self, visitor, desk: Desk) -> None:
        save(desk, access="Metro **9**, see https://example.org/map.")
        page = visitor.get("/c/day?lang=en")
        assert "<strong>9</strong>" in page.text
        links = {unescape(each) for each in re.findall(r'href="([^"]+)"', page.text)}
        where = "The%20hall%2C%203%20rue%20X%2C%2093100%2C%20Montreuil"
        assert f"https://www.openstreetmap.org/search?query={where}" in links
        assert f"geo:0,0?q={where}" in links
        [google] = [each for each in links if each.startswith("https://calendar.google.com/")]
        fields = httpx.URL(google).params
        day = desk.programmes.fresh("day")
        assert fields["dates"] == f"{day.starts_at:%Y%m%dT%H%M%SZ}/{day.ends_at:%Y%m%dT%H%M%SZ}"
        [outlook] = [each for each in links if each.startswith("https://outlook.live.com/")]
        assert httpx.URL(outlook).params["startdt"] == f"{day.starts_at:%Y-%m-%dT%H:%M:%SZ}"
        entry = visitor.get("/c/day/calendar.ics").text
        assert f"DTSTART:{day.starts_at:%Y%m%dT%H%M%SZ}" in entry
        assert "STATUS:CONFIRMED" in entry

    def test_a_cancelled_day_leaves_the_calendar(self, visitor, desk: Desk) -> None:
        before = visitor.get("/c/day/calendar.ics").text
        cancel_day(desk, "day", "Snow", ANN)
        after = visitor.get("/c/day/calendar.ics").text
        assert "STATUS:CANCELLED" in after
        [uid] = {re.search(r"UID:(.*)", text)[1] for text in (before, after)}  # type: ignore[index]  # each has one
        assert uid.startswith("day@")
        assert "calendar.google.com" not in visitor.get("/c/day").text

    def test_who_speaks_with_portrait_and_biography(self, visitor, desk: Desk) -> None:
        save(desk)
        assert 'id="who-speaks"' not in visitor.get("/c/day").text
        drawn = read_picture("portrait", photo())
        set_profile(desk, "day", Profile("Ada King", "She wrote *the first*.", drawn), ANN)
        page = visitor.get("/c/day")
        assert "<em>the first</em>" in page.text
        portrait = visitor.get(f"/c/day/pictures/{drawn.name}-192.webp")
        assert portrait.content == drawn.sizes[192]
        assert portrait.headers["cache-control"] == "public, max-age=86400"
        whole = visitor.get("/api/conferences/day").json()
        assert whole["speakers"][0]["portrait"] == f"/c/day/pictures/{drawn.name}-192.webp"

    def test_its_colour_is_a_stylesheet_of_its_own(self, visitor, desk: Desk) -> None:
        save(desk, colour="#7a1f5c")
        assert '<link rel="stylesheet" href="/colours/7a1f5c.css">' in visitor.get("/c/day").text
        style = visitor.get("/colours/7a1f5c.css")
        assert "#7a1f5c" in style.text
        assert "immutable" in style.headers["cache-control"]
        wrong = ("red.css", "7a1f5c", "7a1f5c}.css", "7A1F5C.css")
        assert {visitor.get(f"/colours/{each}").status_code for each in wrong} == {404}

    @pytest.mark.parametrize(
        "file", ["x.webp", f"{'0' * 32}-720.webp", f"{'0' * 32}-99999999999999999999.webp"]
    )
    def test_a_picture_that_is_not_there(self, visitor, file: str) -> None:
        assert visitor.get(f"/c/day/pictures/{file}").status_code == 404

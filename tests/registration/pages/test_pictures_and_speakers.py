"""What the organiser gives to the public page: pictures, portraits, biographies, and its colour."""

import re

import httpx
import pytest

from services.registration.desk import Desk
from services.registration.editing.stages import cancel_day
from tests.registration.drawn import photo
from tests.registration.pages.forms import fields_of, sent
from tests.registration.pages.test_public_page import ANN, save
from tests.registration.pages.visits import seen

PAGE = "/organiser/day/public-page"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


def send(organiser: httpx.Client, content: bytes, **fields: str) -> httpx.Response:
    return organiser.post(PAGE, data=fields, files={"picture": ("a.jpg", content)})


def test_gives_a_picture_and_takes_it_away(organiser, desk: Desk) -> None:
    assert send(organiser, photo(), what="image", action="give").status_code == 303
    assert (name := desk.programmes.fresh("day").image)
    page = organiser.get("/c/day").text
    assert f'srcset="/c/day/pictures/{name}-720.webp 720w' in page
    assert "immutable" in organiser.get(f"/c/day/pictures/{name}-720.webp").headers["cache-control"]
    assert organiser.post(PAGE, data={"what": "image", "action": "remove"}).status_code == 303
    assert desk.programmes.fresh("day").image == ""


def test_is_told_what_is_wrong_beside_it(organiser, desk: Desk) -> None:
    refused = send(organiser, b"no picture", what="logo", action="give")
    assert refused.status_code == 422
    assert "no picture that can be read" in seen(refused)
    large = send(organiser, bytes(9 * 1024 * 1024), what="logo", action="give")
    assert (large.status_code, "at most 8 MB" in seen(large)) == (413, True)
    assert desk.programmes.fresh("day").logo == ""


def test_keeps_the_biography_that_was_typed(organiser, desk: Desk) -> None:
    save(desk)
    fields = {"what": "speaker", "name": "Ada King", "biography": "Typed at length."}
    refused = send(organiser, b"no picture", **fields)
    assert "Typed at length." in seen(refused)
    long = send(organiser, b"", **fields | {"biography": "x" * 1001})
    assert (long.status_code, "at most 1000 characters" in seen(long)) == (422, True)
    assert send(organiser, photo(), **fields).status_code == 303
    assert send(organiser, b"", **fields | {"biography": "Shorter."}).status_code == 303
    [ada] = desk.programmes.fresh("day").speakers
    assert (ada.biography, bool(ada.portrait)) == ("Shorter.", True)
    unknown = send(organiser, b"", **fields | {"name": "Nobody"})
    assert unknown.status_code == 404


def test_saving_the_programme_keeps_what_is_given_here(organiser, desk: Desk) -> None:
    save(desk)
    send(organiser, photo(), what="image", action="give")
    send(organiser, photo(), what="speaker", name="Ada King", biography="First.")
    before = desk.programmes.fresh("day")
    form = sent(fields_of(organiser.get("/organiser/day/programme")), "keep", access="By train.")
    assert organiser.post("/organiser/day/programme", data=form).status_code == 303
    after = desk.programmes.fresh("day")
    assert after.access == "By train."
    assert (after.image, after.speakers) == (before.image, before.speakers)


def test_versions_say_what_differs(organiser, desk: Desk) -> None:
    save(desk, access="By train.", colour="#7a1f5c")
    send(organiser, photo(), what="logo", action="give")
    words = seen(organiser.get("/organiser/day/versions?from=1&to=3"))
    for each in ("How to get there : By train.", "Colour of its page : #7a1f5c", "Logo"):
        assert each in words.replace(":", " :").replace("  ", " ")
    assert "How to get there" in seen(organiser.get("/organiser/day/history"))


def test_a_settled_day_takes_nothing(organiser, desk: Desk) -> None:
    cancel_day(desk, "day", "Snow", ANN)
    assert organiser.post(PAGE, data={"what": "logo", "action": "remove"}).status_code == 409
    assert organiser.get(PAGE).status_code == 409


def test_a_colour_that_is_too_light_is_refused_with_the_nearest(organiser, desk: Desk) -> None:
    form = sent(fields_of(organiser.get("/organiser/day/programme")), "keep", colour="#ffcc00")
    refused = organiser.post("/organiser/day/programme", data=form)
    assert refused.status_code == 422
    [nearest] = re.findall(r"nearest colour that is not is (#[0-9a-f]{6})", seen(refused))
    assert (
        organiser.post("/organiser/day/programme", data=form | {"colour": [nearest]}).status_code
        == 303
    )
    assert desk.programmes.fresh("day").colour == nearest

"""Pictures of the form of a design: whatever is sent, a small picture of ours or clear words."""

import base64
import io

import httpx
import pytest
from PIL import Image

from tests.certificates.form_sending import FORM, drawing, send, shown_picture


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is kept is kept by the draft, which is tested on both databases."""
    return sqlite_url


def inside(called: str, drawing: bytes) -> bytes:
    """A drawing with another inside that is called a photograph."""
    body = base64.b64encode(drawing).decode()
    return (
        b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'>"
        b"<rect width='50' height='50'/>"
        b"<image width='90' height='90' href=\"data:%s;base64,%s\"/></svg>"
    ) % (called.encode(), body.encode())


class TestPictures:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"not a picture", "no picture that can be read"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>", "a script"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "a script"),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
                "fetches something from elsewhere",
            ),
            (
                inside(
                    "image/png",
                    b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
                ),
                "fetches something from elsewhere",
            ),
            (b"\xff" * (17 * 1024 * 1024), "at most 16 MB"),
        ],
    )
    def test_a_file_that_will_not_do(
        self, organiser: httpx.Client, content: bytes, said: str
    ) -> None:
        answer = send(organiser, files={"signature": ("x", content)}, signatory="Anne")
        assert answer.status_code == 422
        assert said in answer.text
        assert "Anne" in answer.text

    def test_a_drawing_may_have_a_photograph_inside(self, organiser: httpx.Client) -> None:
        photograph = drawing((90, 90))
        answer = send(organiser, files={"logo": ("l.svg", inside("image/png", photograph))})
        assert answer.status_code == 303

    def test_one_of_forty_megapixels_is_made_small(self, organiser: httpx.Client) -> None:
        assert send(organiser, files={"logo": ("l.png", drawing((8000, 5000)))}).status_code == 303
        assert shown_picture(organiser.get(FORM).text).size == (668, 418)

    def test_one_that_unpacks_to_far_more_is_refused(self, organiser: httpx.Client) -> None:
        bomb = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
        answer = send(organiser, files={"logo": ("l.png", bomb.getvalue())})
        assert "at most 50 million pixels" in answer.text

    def test_a_printers_inks_become_a_screens_colours(self, organiser: httpx.Client) -> None:
        send(organiser, files={"logo": ("l.jpg", drawing(kind="JPEG", mode="CMYK"))})
        picture = shown_picture(organiser.get(FORM).text)
        assert picture.mode == "RGBA"
        assert picture.getpixel((30, 10)) == pytest.approx((0, 255, 255, 255), abs=4)

    def test_nothing_of_the_file_is_in_it_but_what_one_sees(self, organiser: httpx.Client) -> None:
        photo = Image.new("RGB", (60, 40), "navy")
        said = photo.getexif()
        said[0x010E] = "taken at home"
        file = io.BytesIO()
        photo.save(file, "JPEG", exif=said)
        send(organiser, files={"signature": ("s.jpg", file.getvalue())})
        picture = shown_picture(organiser.get(FORM).text)
        assert not picture.getexif()
        assert not picture.info

    def test_an_svg_is_drawn(self, organiser: httpx.Client) -> None:
        svg = (
            b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 30 10'>"
            b"<circle cx='15' cy='5' r='4' fill='red' opacity='.5'/></svg>"
        )
        send(organiser, files={"logo": ("l.svg", svg)})
        picture = shown_picture(organiser.get(FORM).text)
        assert picture.width == pytest.approx(picture.height, abs=2)

    def test_one_is_taken_away(self, organiser: httpx.Client) -> None:
        send(organiser, files={"logo": ("l.png", drawing())})
        send(organiser, **{"logo-remove": "yes"})
        assert 'class="kept"' not in organiser.get(FORM).text

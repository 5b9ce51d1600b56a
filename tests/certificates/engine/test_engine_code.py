"""The QR code is a drawing: sharp on a screen, and read from a page shown small."""

import io
import subprocess

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from services.certificates.engine import sample
from shared.documents.qr import draw
from tests.certificates.engine.test_engine_phrases import modules

SCREENS = (96, 100, 125, 150)  # dots an inch


def shown(pdf: bytes, resolution: int) -> Image.Image:
    page = subprocess.run(  # a fixed command on our own file
        ["pdftoppm", "-r", str(resolution), "-singlefile", "-"],  # noqa: S607 # in PATH
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout
    return Image.open(io.BytesIO(page)).convert("L")


def where_the_code_is(pdf: bytes, resolution: int) -> tuple[int, int, int, int]:
    """As the structure tree says it, in pixels from the top."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        height = float(document.pages[0].MediaBox[3])
        figures = [
            [float(side) for side in item.A.BBox]
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
            if "QR" in str(item.Alt)
        ]
    ((left, bottom, right, top),) = figures
    box = (left, height - top, right, height - bottom)
    a, b, c, d = (round(side * resolution / 72) for side in box)
    return a, b, c, d


@pytest.fixture(scope="module", params=["fast", "full"])
def certificate(request, compiled) -> bytes:
    values = sample()
    return (
        compiled.render(values, None)
        if request.param == "fast"
        else compiled.render_full(values, None)
    ).pdf


@pytest.mark.parametrize("resolution", SCREENS)
def test_the_code_is_read_where_its_figure_is(certificate, resolution):
    page = shown(certificate, resolution)
    (code,) = zxingcpp.read_barcodes(page.crop(where_the_code_is(certificate, resolution)))
    assert code.text == sample().verify_url


def test_the_code_is_black_and_white(certificate):
    """An image's pixels, two and a half to a module, are smoothed to greys that scanners miss."""
    code = shown(certificate, 100).crop(where_the_code_is(certificate, 100))
    greys = sum(code.histogram()[40:216])
    assert greys < 0.2 * code.width * code.height  # of an image: 0.38


@pytest.mark.parametrize("code", ["2WXH-9RTB-4", "1", "ZZZZ-ZZZZ-ZZZZ-ZZZZ"])
@pytest.mark.parametrize(
    "prefix", ["https://emarge.example/verify/", "https://e.fr/", f"https://{'e' * 190}.fr/v/"]
)
def test_every_code_of_a_prefix(prefix, code):
    """What the table makes of it is what it says; so is one that is too long for a table."""
    drawing = draw(prefix + code)
    (read,) = zxingcpp.read_barcodes(_painted(drawing))
    assert read.text == prefix + code


def _painted(drawing) -> Image.Image:
    image = Image.new("L", (drawing.width * 4, drawing.width * 4), 255)
    for x, y in modules(drawing):
        image.paste(0, (4 * x, 4 * y, 4 * x + 4, 4 * y + 4))
    return image

"""The form of a design, filled in and sent."""

import base64
import io
import re
from typing import Any

import httpx
from PIL import Image, ImageDraw

from services.certificates.designer.answers import FACTS
from tests.certificates.visits import HERE

FORM = f"{HERE}/designs/form"
USUAL: dict[str, Any] = {
    "style": "framed",
    "paper": "portrait",
    "languages": "person",
    "titles": "display",
    "text": "sans",
    "logo_size": "medium",
    "accent": "#8a3324",
    "ink": "#2a2320",
    "ground": "#ffffff",
    "facts": list(FACTS),
}


def send(organiser: httpx.Client, **fields: Any) -> httpx.Response:
    files = fields.pop("files", None)
    revision = hidden(organiser.get(f"{FORM}?again=true").text, "revision")
    data = {**USUAL, "revision": revision, "do": "save", **fields}
    return organiser.post(FORM, data=data, files=files)


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def draft_html(organiser: httpx.Client) -> str:
    return organiser.get(f"{HERE}/designs/draft").text


def drawing(size: tuple[int, int] = (300, 100), kind: str = "PNG", mode: str = "RGB") -> bytes:
    paper: Any = (0, 0, 0, 0) if mode == "CMYK" else "white"
    picture = Image.new(mode, size, paper)
    ink: Any = (255, 0, 0, 0) if mode == "CMYK" else "navy"
    width, height = size
    corners = (width // 4, height // 4, width // 2, height // 2)
    ImageDraw.Draw(picture).rectangle(corners, fill=ink)
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def shown_picture(page: str) -> Image.Image:
    found = re.search(r'class="kept"><img src="data:image/png;base64,([^"]+)"', page)
    assert found, "the picture is shown"
    return Image.open(io.BytesIO(base64.b64decode(found[1])))

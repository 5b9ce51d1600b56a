"""The designs that are judged: those that Emarge ships, those of the engine's tests, and ordinary
HTML and CSS that a design may hold, each alone on a page."""

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from services.certificates.engine import DEFAULT_FOLDER, Template
from tests.certificates.engine.altered_templates import NAME
from tests.certificates.engine.test_engine_templates import CSS, HTML

SHIPPED = DEFAULT_FOLDER.parent
ORDINARY = Path(__file__).with_name("ordinary.toml")
_SIGNATURE = SHIPPED / "demonstration" / "signature.svg"
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">{}</svg>'
PAGE = (
    '<!DOCTYPE html><html lang="{{{{ locale }}}}"><head><title>{{{{ holder.name }}}}</title></head>'
    "<body>\n{}\n<p>{{{{ holder.name }}}}</p></body></html>"
)


def shipped() -> Iterator[Template]:
    """Every folder that holds a design."""
    for page in sorted(SHIPPED.glob("*/template.html")):
        template = Template.from_folder(page.parent)
        yield template.with_assets({"signature.svg": _SIGNATURE.read_bytes()})


def tested() -> Iterator[Template]:
    """The shipped design as the engine's tests alter it."""
    plain = next(shipped())
    for name, html in HTML.items():
        altered = {"html": plain.html.replace(NAME, html), "version": f"html: {name}"}
        yield plain.model_copy(update=altered)
    for name, css in CSS.items():
        yield plain.model_copy(update={"css": plain.css + css, "version": f"css: {name}"})


def ordinary(*, only_mended: bool = False) -> Iterator[Template]:
    """What is in `ordinary.toml`."""
    assets = pictures()
    for name, parts in tomllib.loads(ORDINARY.read_text()).items():
        if only_mended and "mended" not in parts:
            continue
        html = PAGE.format(parts.get("html", ""))
        yield Template(version=name, html=html, css=parts.get("css", ""), assets=assets)


def pictures() -> dict[str, bytes]:
    """Pictures of all kinds, small."""
    return {
        "a.svg": _SVG.format('<rect width="20" height="10" fill="#456"/>').encode(),
        "faint.svg": _SVG.format('<g opacity=".5"><circle r="5"/><circle r="3"/></g>').encode(),
        "text.svg": _SVG.format('<text y="9" font-family="DejaVu Sans">Oui</text>').encode(),
        "rgb.jpg": _picture("RGB", "JPEG"),
        "cmyk.jpg": _picture("CMYK", "JPEG"),
        "grey.jpg": _picture("L", "JPEG"),
        "deep.png": _picture("I;16", "PNG"),
        "clear.png": _picture("RGBA", "PNG"),
        "clear-grey.png": _picture("LA", "PNG"),
        "palette.gif": _picture("P", "GIF"),
        "clear.webp": _picture("RGBA", "WEBP"),
        "text.ttf": (DEFAULT_FOLDER / "text-regular.ttf").read_bytes(),
    }


def _picture(mode: str, kind: str) -> bytes:
    written = io.BytesIO()
    Image.new(mode, (20, 10)).save(written, kind)
    return written.getvalue()

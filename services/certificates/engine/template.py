"""An organiser's template: HTML with Jinja2, CSS, and the images and fonts uploaded with it."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

import jinja2
from jinja2.meta import find_undeclared_variables
from pydantic import BaseModel, ConfigDict

from services.certificates.engine.values import Locale, Values

DEFAULT_FOLDER = Path(__file__).parent.parent / "templates" / "attestation"
_HTML, _CSS = "template.html", "template.css"
_LANGUAGE = re.compile(r"""<html\b[^>]*?\blang\s*=\s*["']?(fr|en)\b""", re.IGNORECASE)
_ASSET_KINDS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".ttf", ".otf", ".woff", ".woff2")


class Template(BaseModel):
    """One version of a template. `assets` are reached from HTML and CSS as `asset:NAME`."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    version: str
    html: str
    css: str
    assets: Mapping[str, bytes] = {}

    @classmethod
    def from_folder(cls, folder: Path = DEFAULT_FOLDER) -> Self:
        """The template kept in a folder: template.html, template.css, and assets beside them.

        Without an argument, the one that Emarge ships.
        """
        html = (folder / _HTML).read_text(encoding="utf-8")
        css = (folder / _CSS).read_text(encoding="utf-8")
        assets = {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in _ASSET_KINDS
        }
        made = cls(version=folder.name, html=html, css=css, assets=assets)
        return made.model_copy(update={"version": f"{folder.name}-{made.digest[:12]}"})

    def with_assets(self, assets: Mapping[str, bytes]) -> Self:
        """The same template with some assets replaced (an organiser's own logo, say)."""
        changed = self.model_copy(update={"assets": {**self.assets, **assets}})
        name = self.version.rpartition("-")[0] or self.version
        return changed.model_copy(update={"version": f"{name}-{changed.digest[:12]}"})

    def worded(self, values: Values) -> Values:
        """As this template words them: a document that is written in one language has its dates and
        times in it for everyone. One that asks for the `locale` is in the person's."""
        locale = _only_language(self.html)
        if locale is None or values.locale == locale:
            return values
        return values.model_copy(update={"locale": locale})

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides how it looks; the version id says nothing about that."""
        content = hashlib.sha256()
        parts = [self.html.encode(), self.css.encode()]
        for name in sorted(self.assets):
            parts += [name.encode(), self.assets[name]]
        for part in parts:
            content.update(len(part).to_bytes(8, "big"))
            content.update(part)
        return content.hexdigest()


@lru_cache(maxsize=64)
def _only_language(html: str) -> Locale | None:
    found = _LANGUAGE.search(html)
    if found is None:
        return None
    try:
        reads = find_undeclared_variables(jinja2.Environment(autoescape=True).parse(html))
    except jinja2.TemplateSyntaxError:  # whoever lays it out says so
        return None
    if "locale" in reads:
        return None
    return "fr" if found[1].lower() == "fr" else "en"

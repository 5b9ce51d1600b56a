"""An organiser's template: HTML with Jinja2, CSS, and the images and fonts uploaded with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.certificates.engine.errors import Problem
from services.certificates.engine.press import Press

DEFAULT_FOLDER = Path(__file__).parent.parent / "templates" / "attestation"


class Template(BaseModel):
    """One version of a template. `assets` are reached from HTML and CSS as `asset:NAME`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    html: str
    css: str
    assets: Mapping[str, bytes] = {}

    @classmethod
    def from_folder(cls, folder: Path = DEFAULT_FOLDER) -> Self:
        """The template kept in a folder: template.html, template.css, and assets beside them.

        Without an argument, the one that Emarge ships.
        """
        raise NotImplementedError

    def with_assets(self, **assets: bytes) -> Self:
        """The same template with some assets replaced (an organiser's own logo, say)."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides how it looks; the version id says nothing about that."""
        raise NotImplementedError


def check(template: Template, press: Press) -> list[Problem]:
    """All that is wrong with the template, with line numbers where they are known; [] if nothing."""
    raise NotImplementedError

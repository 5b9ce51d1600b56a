"""A template of pages is compiled once in a process, whatever the language, until it is another."""

from pathlib import Path

import pytest
from jinja2 import Environment
from starlette.requests import Request

from shared.pages import Site

COMPILED = "jinja2.environment.Environment._generate"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were, as they are."""
    names: list[str] = []
    real = Environment._generate  # noqa: SLF001  whether it compiles is seen nowhere else

    def noted(self, source, name, filename, defer_init=False):
        names.append(name)
        return real(self, source, name, filename, defer_init)

    monkeypatch.setattr(COMPILED, noted)
    return names


def shown(folder: Path, language: str) -> str:
    """On a site that is set up for it, as after a start."""
    site = Site(folder, folder / "locale", "http://localhost")
    headers = [(b"accept-language", language.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    return bytes(site.page(Request(scope), "word.html").body).decode()


def test_once_for_all_languages_and_again_when_it_has_changed(
    tmp_path: Path, compiled: list[str]
) -> None:
    template = tmp_path / "templates" / "word.html"
    template.parent.mkdir()
    template.write_text('{{ _("Not allowed") }}.')
    assert shown(tmp_path, "en") == "Not allowed."
    french = shown(tmp_path, "fr")
    assert french not in ("", "Not allowed.")
    assert shown(tmp_path, "fr") == french
    assert compiled == ["word.html"]
    template.write_text('{{ _("Not allowed") }}!')
    assert shown(tmp_path, "en") == "Not allowed!"
    assert compiled == ["word.html"] * 2

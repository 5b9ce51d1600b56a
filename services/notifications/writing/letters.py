"""Letters: the words of an email, from its folder of templates, in the reader's language.

A folder of `emails/` holds `subject.txt`, `body.txt` and `body.html` of one kind of letter; the two
layouts beside the folders frame them all. A template knows nothing but what it is given here.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications.writing import wording
from services.notifications.writing.contents import set_in
from services.notifications.writing.facts import facts, main_link
from services.notifications.writing.forms import Form, parted
from services.notifications.writing.starting import starting_words
from shared.words.language import Language, Languages

HERE = Path(__file__).parent.parent
EMAILS = HERE / "emails"
CATALOGUES = HERE / "locale"

FORMS = 256  # letters with blanks that a process keeps, of some 15 kB each

Kind = Literal[
    "confirmed",
    "waitlisted",
    "promoted",
    "changed",
    "cancelled",
    "notice",
    "day-cancelled",
    "link",
    "old-address",
    "reminder",
    "certificate",
    "holder-link",
    "sign-in",
    "invited",
    "retention",
    "asked",
    "announcement",
    "test",
]

# For people who sign in; every other is for those who are registered for a day.
ABOUT_NO_DAY: tuple[Kind, ...] = ("holder-link", "sign-in", "invited", "retention")
ABOUT_A_DAY: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind not in ABOUT_NO_DAY)


@dataclass(frozen=True)
class Letter:
    """The words of one email. `language` is a code such as "fr"."""

    subject: str
    text: str
    html: str
    language: str


class LetterWriter:
    """Writes letters; one for the life of a process, its templates are compiled once."""

    def __init__(self, languages: Languages | None = None) -> None:
        self.languages = languages or Languages.load(CATALOGUES)
        self._form = lru_cache(FORMS)(self._written_form)

    def write(self, kind: Kind, locale: str, content: dict[str, Any]) -> Letter:
        """The letter of this kind. The same content gives the same letter."""
        code = self.languages[locale].code
        found = parted(content)
        if found is None:
            return Letter(*self._written(kind, code, content), code)
        common, own = found
        subject, text, html = self._form(kind, code, tuple(common.items()))
        return Letter(subject.filled(own), text.filled(own), html.filled(own), code)

    def _written_form(
        self, kind: Kind, code: str, common: tuple[tuple[str, Any], ...]
    ) -> tuple[Form, Form, Form]:
        subject, text, html = self._written(kind, code, dict(common))
        return Form(subject), Form(text), Form(html, escaped=True)

    def _written(self, kind: Kind, code: str, content: dict[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML."""
        content = set_in(content, code)
        environment = self._environments[code]

        def render(name: str) -> str:
            return environment.get_template(f"{kind}/{name}").render(content)

        return (
            " ".join(render("subject.txt").split(" ")).strip(),
            _tidy(render("body.txt")),
            _lean(render("body.html")),
        )

    def write_own(
        self, subject: str, body: str, kind: Kind, locale: str, content: dict[str, Any]
    ) -> Letter:
        """The same in the organiser's own words. Raises what a wording may raise."""
        language = self.languages[locale]
        content = set_in(content, language.code)
        written = wording.write(subject, body, facts(kind, content, language))
        first = next((part.text for part in written.parts if not part.headline and part.html), "")
        more = {
            "parts": written.parts,
            "preview": " ".join(first.split())[:120],
            "main_link": main_link(kind, content),
        }
        environment = self._environments[language.code]
        return Letter(
            subject=written.subject,
            text=_tidy(environment.get_template("own.txt").render(content, **more)),
            html=_lean(environment.get_template("own.html").render(content, **more)),
            language=language.code,
        )

    def starting_words(self, kind: Kind, code: str) -> tuple[str, str]:
        """The shipped subject and text, as an organiser's own begin."""
        return starting_words(kind, self.languages[code], str(EMAILS))

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {code: _environment(known) for code, known in self.languages.known.items()}


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(EMAILS),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Typed as for templates that are only translated: https://jinja.palletsprojects.com/i18n
    environment.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.globals["language"] = language
    environment.filters["capitalized"] = lambda text: text[:1].upper() + text[1:]
    return environment


def _tidy(text: str) -> str:
    """No trailing blanks, at most one empty line at a time."""
    lines = (line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _lean(html: str) -> str:
    """Without the lines that only held template tags."""
    return "\n".join(line for line in html.split("\n") if line.strip()) + "\n"

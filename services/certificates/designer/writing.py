"""Writes the template that the answers ask for, and reads them back from it.

The answers stand in a comment at its end: whatever keeps, copies or publishes the template keeps
them. With them stands what was written, as a digest: once somebody has changed the HTML or the CSS,
the form says so instead of guessing.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from pydantic import ValidationError

from services.certificates.designer import fonts
from services.certificates.designer.answers import Answers, faults_of
from services.certificates.designer.colours import mixed, nearest_read
from services.certificates.designer.words import FIXED
from services.certificates.engine import Locale, Template
from shared.words.typography import typeset

PICTURES = ("logo", "signature")
_SUFFIX = ".png"
_REMARK = (
    "Written by Emarge’s form, which reads the next line to open it again. Once the HTML or the CSS"
    " is changed by hand it cannot."
)
_ENDS = re.compile(r"\{# [^{]*\n(?P<answers>\{.*\})\n(?P<digest>[0-9a-f]{64}) #\}\n?\Z")
_LOGO_HEIGHT = {"small": 12, "medium": 17, "large": 25}  # mm
# Above and below all text, upright and wide; and between its parts.
_MARGINS = {"framed": (35, 30), "band": (32, 22), "plain": (34, 23)}  # mm
_BETWEEN = 10  # mm
_SOURCES = jinja2.Environment(
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "sources"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  it writes a template: texts go in as Jinja's strings
)


@dataclass(frozen=True)
class Read:
    """What a template says of the form that wrote it. `is_changed`: by hand, since."""

    answers: Answers
    is_changed: bool


def written(answers: Answers, pictures: Mapping[str, bytes]) -> Template:
    """`pictures` are PNGs of ours, by what they are (PICTURES). The answers have no faults."""
    faces, files = fonts.chosen(answers.titles, answers.text)
    names = {what: what + _SUFFIX if what in pictures else "" for what in PICTURES}
    html = _SOURCES.get_template("certificate.html.jinja").render(
        a=answers,
        languages=answers.written,
        together=answers.is_together,
        wide=answers.paper == "landscape",
        words=lambda language: _words(answers, language),
        **names,
    )
    css = _SOURCES.get_template("certificate.css.jinja").render(
        _look(answers, faces, has_logo="logo" in pictures)
    )
    assets = {**{names[what]: content for what, content in pictures.items()}, **files}
    made = Template(version="form", html=html + _mark(answers, html, css), css=css, assets=assets)
    return made.model_copy(update={"version": f"form-{made.digest[:12]}"})


def read(template: Template) -> Read | None:
    """None where no form wrote it."""
    found = _ENDS.search(template.html)
    if found is None:
        return None
    try:
        answers = Answers.model_validate_json(found["answers"])
    except ValidationError:
        return None
    if faults_of(answers):  # by hand, or by an Emarge that asks for less
        return None
    html = template.html[: found.start()]
    return Read(answers, _digest(html, template.css) != found["digest"])


def pictures_of(template: Template) -> dict[str, bytes]:
    """The pictures that the form put into it, by what they are."""
    assets = template.assets
    return {what: assets[what + _SUFFIX] for what in PICTURES if what + _SUFFIX in assets}


def _mark(answers: Answers, html: str, css: str) -> str:
    # No "#}" may end the comment early, and no token of Jinja's stand in it.
    told = answers.model_dump_json().replace("#", "\\u0023").replace("%", "\\u0025")
    return f"{{# {_REMARK}\n{told}\n{_digest(html, css)} #}}\n"


def _digest(html: str, css: str) -> str:
    """Of what a browser's text field keeps: line ends and the last of them do not count."""
    parts = ("\n".join(text.splitlines()).strip() for text in (html, css))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _words(answers: Answers, language: Locale) -> str:
    """All words of one language, as Jinja writes a dictionary."""

    def said(field: str) -> str:
        return typeset(answers.said(language, field), language)

    title, speaker_title = said("title"), said("speaker_title")
    certifies, attended = said("certifies"), said("attended")
    words = {
        "title": {"day": title, "session": title, "speaker": speaker_title},
        "certifies": {"day": certifies, "session": certifies, "speaker": said("thanks")},
        "did": {"day": attended, "session": attended, "speaker": said("spoke")},
        **FIXED[language],
        "note": said("note").splitlines(),
        "signatory": typeset(answers.signatory, language),
        "role": said("role"),
        "closing": " ".join(said("closing").splitlines()),
    }
    return json.dumps(words, ensure_ascii=False, indent=2)


def _look(answers: Answers, faces: tuple[fonts.Face, ...], *, has_logo: bool) -> dict[str, Any]:
    wide = answers.paper == "landscape"
    logo = _LOGO_HEIGHT[answers.logo_size] * (0.8 if wide else 1) if has_logo else 0
    header = 0 if wide else logo  # a wide page has it beside the title
    closing = (38 if wide else 46) + (4 if answers.is_together else 0)
    below = closing + _BETWEEN + (4 if answers.is_together else 0)
    page = (210 if wide else 297) - _MARGINS[answers.style][wide]
    return {
        "a": answers,
        "faces": faces,
        "titles": fonts.TITLES,
        "text": fonts.TEXT,
        "wide": wide,
        "together": answers.is_together,
        "align": "left" if answers.style == "band" else "center",
        "soft": nearest_read(mixed(answers.ink, answers.ground, 0.65), answers.ground),
        "line": mixed(answers.accent, answers.ground, 0.55),
        "faint": mixed(answers.ink, answers.ground, 0.18),
        "header": header,
        "logo": logo,
        # What stands beside a logo leaves room for it; what is centred, on both sides.
        "right": 58 if wide and has_logo else 0,
        "left": 58 if wide and has_logo and answers.style != "band" else 0,
        "closing": closing,
        "above": 2 if wide else 5 if answers.is_together else 9,
        "main": page - header - below,
    }

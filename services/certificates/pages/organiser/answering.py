"""What was sent with the form of a design: its answers, its pictures, and what is wrong with them.

A picture that was sent is drawn anew at once and travels with the form while something else of it
is wrong, so that nobody has to look for the file again.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from babel.numbers import format_decimal
from starlette.datastructures import FormData, UploadFile

from services.certificates.designer.answers import (
    CHOICES,
    COLOURS,
    FACTS,
    LANGUAGES,
    MOST,
    Answers,
    Fault,
    cleaned,
    faults_of,
)
from services.certificates.designer.pictures import drawn
from services.certificates.designer.words import USUAL
from services.certificates.designer.writing import PICTURES
from shared.pages.visit import typed
from shared.words.language import Language


@dataclass(frozen=True)
class Sent:
    """`fresh` are those of the pictures that nothing keeps yet but this form."""

    answers: Answers
    pictures: Mapping[str, bytes]
    fresh: Mapping[str, str]
    faults: list[Fault]


def sent(form: FormData, known: Mapping[str, bytes]) -> Sent:
    """`known` are the pictures of the design that the form was opened on. Raises Busy."""
    answers = _answers(form)
    pictures, fresh, faults = dict(known), {}, faults_of(answers)
    for what in PICTURES:
        if form.get(f"{what}-remove"):
            pictures.pop(what, None)
        for content in _files(form, what):
            made = drawn(what, content)
            if isinstance(made, Fault):
                faults.append(made)
                continue
            pictures[what] = made
            fresh[what] = base64.b64encode(made).decode()
    return Sent(answers, pictures, fresh, faults)


def words_of(fault: Fault, language: Language) -> str:
    """A sentence for the organiser."""
    gettext = language.gettext
    said = {
        "choice": gettext("Choose one of those shown."),
        "colour": gettext("A colour is written like #8a3324."),
        "contrast": gettext(
            "This colour is hard to read on that paper: the contrast is %(found)s to 1, it takes"
            " %(enough)s. The nearest that can be read is %(better)s."
        ),
        "long": gettext("At most %(most)s characters; these are %(length)s."),
        "signs": gettext("No font here writes these signs: %(signs)s. Take them out."),
        "picture-unreadable": gettext(
            "This file is no picture that can be read. Send a PNG, JPEG, WebP, GIF or SVG."
        ),
        "picture-pixels": gettext(
            "This picture is too large: at most %(most)s million pixels. Save it smaller."
        ),
        "picture-bytes": gettext("This file is too large: at most %(most)s MB."),
        "picture-active": gettext(
            "This SVG holds a script, or fetches something from elsewhere. Save it as a PNG."
        ),
        "picture-empty": gettext("There is nothing to see in this picture."),
    }[fault.rule]
    told = {
        name: format_decimal(value, locale=language.code)
        if isinstance(value, int | float)
        else value
        for name, value in fault.parameters.items()
    }
    return said % told


def _answers(form: FormData) -> Answers:
    def text(name: str) -> str:
        return cleaned(typed(form, name))

    chosen = {name: typed(form, name) for name in CHOICES}
    colours = {name: typed(form, name).strip().lower() for name in COLOURS}
    facts = form.getlist("facts")
    return Answers(
        **chosen,
        **colours,
        facts=tuple(fact for fact in FACTS if fact in facts),
        signatory=" ".join(text("signatory").splitlines()),
        texts={
            language: {
                field: said
                for field in MOST
                if (said := text(f"{language}-{field}")) != USUAL[language].get(field, "")
            }
            for language in LANGUAGES
        },
    )


def _files(form: FormData, what: str) -> list[bytes]:
    """What travelled with the form, then what was chosen now."""
    found = []
    if kept := typed(form, f"{what}-kept"):
        try:
            found.append(base64.b64decode(kept, validate=True))
        except binascii.Error:
            found.append(b"?")  # by no form of ours
    upload = form.get(what)
    if isinstance(upload, UploadFile) and upload.filename:
        found.append(upload.file.read())
    return found if not form.get(f"{what}-remove") else found[1:] if len(found) > 1 else []

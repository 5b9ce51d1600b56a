"""The words an organiser's own begin with: the shipped ones, written as theirs are.

`emails/KIND/start.txt` holds the subject in its first line, then the text. Between << and >> are
words to be translated; what is between braces is for the organiser to keep.
"""

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.words.language import Language


def starting_words(kind: str, language: Language, emails: str) -> tuple[str, str]:
    """Subject and text; `emails` is the folder of the shipped ones."""
    environment = _environment(language.code, emails)
    environment.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    subject, _, body = environment.get_template(f"{kind}/start.txt").render().partition("\n")
    return subject, body.strip() + "\n"


@lru_cache(maxsize=8)
def _environment(_code: str, emails: str) -> Environment:
    return Environment(  # noqa: S701  it makes text that is formatted later, values and all
        loader=FileSystemLoader(emails),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )

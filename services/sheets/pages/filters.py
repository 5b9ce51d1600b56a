"""What the templates say of sheets."""

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from services.sheets.base.records import SheetRecord
from services.sheets.base.titles import title_of
from services.sheets.pages.words import mark_words, refusal_names, source_words
from shared.words.language import Language


def _language(context: Context) -> Language:
    language: Language = context["language"]
    return language


@pass_context
def called(context: Context, sheet: SheetRecord) -> str:
    return title_of(sheet, _language(context))


@pass_context
def marked(context: Context, mark: str) -> str:
    """What the organiser is to look at."""
    return mark_words(mark, _language(context))


@pass_context
def sourced(context: Context, source: str) -> str:
    return source_words(source, _language(context))


@pass_context
def refused(context: Context, rule: str) -> str:
    return refusal_names(rule, _language(context))


FILTERS: dict[str, Callable[..., Any]] = {
    "called": called,
    "marked": marked,
    "sourced": sourced,
    "refused": refused,
}

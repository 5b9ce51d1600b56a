"""What a sheet is called, in a reader's language."""

from services.sheets.base.records import SheetRecord
from shared.words.language import Language
from shared.words.typography import typeset


def title_of(sheet: SheetRecord, language: Language) -> str:
    """A session's own title; half a day is called what it is."""
    if sheet.title:
        return typeset(sheet.title, language.code)
    return (
        language.gettext("Morning") if sheet.unit.endswith("-am") else language.gettext("Afternoon")
    )

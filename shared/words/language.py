"""The languages people read: gettext catalogues, and dates and times with each one's typography.

Words in the source are English; a catalogue is `FOLDER/fr/LC_MESSAGES/messages.po`, read as it is.
Another language is one more catalogue.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"  # the language of the words in the source
NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Language:
    """One language: what words say, and how days and hours are written in it."""

    code: str
    translations: NullTranslations

    def gettext(self, message: str) -> str:
        return self.translations.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self.translations.ngettext(singular, plural, count)

    def pgettext(self, context: str, message: str) -> str:
        return self.translations.pgettext(context, message)

    def npgettext(self, context: str, singular: str, plural: str, count: int) -> str:
        return self.translations.npgettext(context, singular, plural, count)

    @property
    def name(self) -> str:
        """What the language calls itself: "français"."""
        return Locale.parse(self.code).get_display_name() or self.code

    def date(self, moment: dt.date, zone: str | None = None) -> str:
        """ "jeudi 7 novembre 2019"; "Thursday, 7 November 2019"."""
        return _written_out(_day(moment, zone), self.code)

    def short_date(self, moment: dt.date, zone: str | None = None) -> str:
        """ "7 nov. 2019"; "7 Nov 2019"."""
        return format_date(_day(moment, zone), "d MMM y", locale=self.code)

    def time(self, moment: dt.datetime, zone: str | None = None) -> str:
        """ "10 h 15", "9 h"; "10:15", "9:00"."""
        at = _local(moment, zone)
        if self.code == "fr":
            minutes = f"{NO_BREAK}{at:%M}" if at.minute else ""
            return f"{at.hour}{NO_BREAK}h{minutes}"
        return f"{at.hour}:{at:%M}"

    def end(self, moment: dt.datetime, zone: str | None = None) -> str:
        """When something is over: a time; "minuit", "midnight" at the end of a day."""
        at = _local(moment, zone)
        if (at.hour, at.minute) not in ((23, 59), (0, 0)):
            return self.time(moment, zone)
        return "minuit" if self.code == "fr" else "midnight"

    def times(self, start: dt.datetime, end: dt.datetime, zone: str | None = None) -> str:
        """ "10 h 15 – 13 h 15"; "10:15–13:15". One moment is one time."""
        first, last = self.time(start, zone), self.end(end, zone)
        if start == end:
            return first
        return f"{first}{NO_BREAK}– {last}" if self.code == "fr" else f"{first}–{last}"

    def day_and_time(self, moment: dt.datetime, zone: str | None = None) -> str:
        """ "jeudi 7 novembre 2019 à 10 h 15"; "Thursday, 7 November 2019 at 10:15"."""
        joint = "à" if self.code == "fr" else "at"
        return f"{self.date(moment, zone)} {joint}{NO_BREAK}{self.time(moment, zone)}"

    def clocks(self, moment: dt.datetime, zone: str) -> str:
        """What the clocks of a place show then: "heure de La Réunion"; "Central European Summer
        Time"."""
        return get_timezone_name(_local(moment, zone), width="long", locale=self.code)

    def duration(self, minutes: int) -> str:
        """ "5 h 45"; "5 h 45 min"."""
        hours, rest = divmod(minutes, 60)
        if not hours:
            return f"{rest}{NO_BREAK}min"
        if self.code == "fr":
            return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02}" if rest else "")
        return f"{hours}{NO_BREAK}h" + (f" {rest}{NO_BREAK}min" if rest else "")

    def quote(self, text: str) -> str:
        """In its marks; what has such marks inside gets the other ones there."""
        if self.code == "fr":
            inner = re.sub(r"«\s*(.*?)\s*»", r"“\1”", text)
            return f"«{NARROW}{inner}{NARROW}»"
        inner = re.sub("“(.*?)”", r"‘\1’", text)
        return f"“{inner}”"


@dataclass(frozen=True)
class Languages:
    """The source language, and every other that has a catalogue in the folders."""

    known: Mapping[str, Language]

    @classmethod
    def load(cls, *folders: Path) -> "Languages":
        """A word that is in several folders' catalogues is taken from the first of them."""
        codes = {path.parents[1].name for folder in folders for path in _catalogues(folder)}
        known = {code: Language(code, _translations(code, folders)) for code in sorted(codes)}
        return cls({SOURCE: Language(SOURCE, NullTranslations()), **known})

    def __getitem__(self, code: str) -> Language:
        """The language, or the source's when it is not known."""
        return self.known.get(code, self.known[SOURCE])

    def preferred(self, accept_language: str, default: str = "fr") -> Language:
        """The best for an `Accept-Language` header (RFC 9110, 12.5.4)."""
        wanted = [code.replace("-", "_") for code in _by_quality(accept_language)]
        found = negotiate_locale(wanted, list(self.known)) if wanted else None
        return self[found or default]


@lru_cache(maxsize=256)  # a page or an email about a conference says its day again and again
def _written_out(day: dt.date, code: str) -> str:
    pattern = "EEEE d MMMM y" if code == "fr" else "EEEE, d MMMM y"
    if code == "fr" and day.day == 1:
        pattern = "EEEE d'er' MMMM y"
    return format_date(day, pattern, locale=code)


def _day(moment: dt.date, zone: str | None) -> dt.date:
    """The day of a moment on the clocks of an IANA zone; a date stays a date."""
    return _local(moment, zone).date() if isinstance(moment, dt.datetime) else moment


def _local(moment: dt.datetime, zone: str | None) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone)) if zone else moment


def _by_quality(header: str) -> list[str]:
    weighed = []
    for index, part in enumerate(header.split(",")[:20]):
        code, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if code and code != "*" and quality > 0:
            weighed.append((-quality, index, code))
    return [code for _, _, code in sorted(weighed)]


def _catalogues(folder: Path) -> list[Path]:
    return list(folder.glob("*/LC_MESSAGES/messages.po"))


@cache  # several sites of one process have the same words
def _translations(code: str, folders: tuple[Path, ...]) -> NullTranslations:
    loaded = [
        GNUTranslations(BytesIO(_compiled(path)))
        for folder in folders
        if (path := folder / code / "LC_MESSAGES" / "messages.po").is_file()
    ]
    for first, second in pairwise(loaded):
        first.add_fallback(second)
    return loaded[0]


@cache  # and those of some folders are among those of others
def _compiled(path: Path) -> bytes:
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()

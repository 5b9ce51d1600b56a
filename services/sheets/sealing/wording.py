"""A sealed sheet's words, in its language: what a page says of a row, a correction, a seal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from services.sheets.base.units import half_day
from services.sheets.sealing.facts import Correction, Facts, Row
from shared.words.language import Language, Languages
from shared.words.typography import typeset

_CATALOGUES = Path(__file__).parent / "locale"
SAME_MOMENT = timedelta(minutes=1)  # clocks may differ by so much and nobody asks


@cache
def languages() -> Languages:
    return Languages.load(_CATALOGUES)


@dataclass(frozen=True)
class Wording:
    """Of one document."""

    language: Language
    zone: str

    @classmethod
    def of(cls, facts: Facts) -> "Wording":
        return cls(languages()[facts.locale], facts.heading.timezone)

    def gettext(self, message: str) -> str:
        return self.language.gettext(message)

    def set(self, text: str) -> str:
        """What an organiser typed."""
        return typeset(text, self.language.code)

    def title(self, title: str, starts_at: datetime) -> str:
        """Of a sheet: a session's own; half a day is called what it is."""
        if title:
            return self.set(title)
        is_morning = half_day(starts_at, ZoneInfo(self.zone)).endswith("-am")
        return self.gettext("Morning") if is_morning else self.gettext("Afternoon")

    def moment(self, at: datetime) -> str:
        """Day and time to the second: « 7 nov. 2019, 10:15:32 »."""
        return f"{self.language.short_date(at, self.zone)}, {self.second(at)}"

    def second(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.zone)):%H:%M:%S}"

    def signed(self, row: Row, day: datetime) -> list[str]:
        """When, as claimed; and by our clock, where that differs."""
        if row.signed_at is None:
            return []
        said = [self.second(row.signed_at)]
        zone = ZoneInfo(self.zone)
        if row.signed_at.astimezone(zone).date() != day.astimezone(zone).date():
            said.append(self.language.short_date(row.signed_at, self.zone))
        if row.noted_at is not None and abs(row.noted_at - row.signed_at) > SAME_MOMENT:
            received = self.gettext("received {moment}").format(moment=self.moment(row.noted_at))
            said.append(received)
        return said

    def source(self, row: Row) -> str:
        """What was signed on, and by whom it was copied."""
        if row.signed_at is None:
            return ""
        if row.transcriber and not row.source:
            return self.gettext("written down by {name}").format(name=row.transcriber)
        if row.transcriber:
            return self.gettext("paper, transcribed by {name}").format(name=row.transcriber)
        sources = {
            "": self.gettext("written down by the organiser"),
            "phone": self.gettext("own phone"),
            "tablet": self.gettext("tablet in the room"),
            "paper": self.gettext("paper, transcribed"),
            "host": self.gettext("with the host"),
        }
        return sources.get(row.source, row.source)

    def remarks(self, row: Row) -> list[str]:
        """Late, early, struck, after the seal, and what was unusual."""
        language, said = self.language, []
        if row.arrived_at is not None:
            time = language.time(row.arrived_at, self.zone)
            said.append(self.gettext("arrived at {time}").format(time=time))
        if row.left_at is not None:
            time = language.time(row.left_at, self.zone)
            said.append(self.gettext("left at {time}").format(time=time))
        if row.struck:
            said.append(self.gettext("signature struck out"))
        if row.late:
            said.append(self.gettext("added after the first seal"))
        return said + [self.mark(mark) for mark in row.marks]

    def mark(self, code: str) -> str:
        """What was unusual about a signature and is kept all the same."""
        marks = {
            "elsewhere": self.gettext("also signed another sheet of that time"),
            "left": self.gettext("signed after being marked as gone"),
            "not-on-list": self.gettext("not on the list"),
            "cancelled": self.gettext("place given back"),
            "too-early": self.gettext("signed early"),
            "over": self.gettext("signed after the end"),
            "clock": self.gettext("the device’s clock was wrong"),
            "sealed": self.gettext("came in after the seal"),
            "ended": self.gettext("came in after its tablet was ended"),
            "also-participant": self.gettext("also a participant"),
            "withdrawn": self.gettext("the session was withdrawn"),
        }
        return marks.get(code, code)

    def correction(self, correction: Correction) -> str:
        """« Entry 14, 12 Nov 2019, 17:05:10: signature struck out, A. Martin. By J. Roy: why »"""
        kinds = {
            "struck": self.gettext("signature struck out"),
            "transcribed": self.gettext("signature copied from paper"),
            "written": self.gettext("presence written down"),
            "arrived": self.gettext("late arrival noted"),
            "left": self.gettext("early leaving noted"),
            "signed": self.gettext("signature received"),
            "countersigned": self.gettext("countersignature received"),
            "corrected": self.gettext("correction"),
            "erased": self.gettext("erased on request"),
            "marks": self.gettext("looked at and kept"),
            "programme": self.gettext("the session was moved in the programme"),
        }
        said = self.gettext("Entry {number}, {moment}: {what}").format(
            number=correction.number,
            moment=self.moment(correction.noted_at),
            what=kinds.get(correction.kind, correction.kind),
        )
        if correction.about:
            said += f", {correction.about}"
        if correction.author:
            said += ". " + self.gettext("By {name}").format(name=correction.author)
        if correction.reason:
            said = self.gettext("{label}: {value}").format(label=said, value=correction.reason)
        return self.set(said)

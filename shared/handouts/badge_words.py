"""What stands on a badge, in words."""

from dataclasses import dataclass

from shared.events.registration import Place, Seat
from shared.handouts.calendar import location, printable
from shared.handouts.helvetica import can_write
from shared.words.language import NARROW, NO_BREAK, Language
from shared.words.typography import typeset

MOST_SESSIONS = 4


@dataclass(frozen=True)
class Badge:
    """From top to bottom."""

    language: str
    date: str
    title: str
    name: str
    organisation: str
    code: str
    sessions: tuple[tuple[str, str], ...]  # (title, times and place)
    place: str

    def has_only_western_signs(self) -> bool:
        sessions = "".join(part for session in self.sessions for part in session)
        return can_write(
            f"{self.date}{self.title}{self.name}{self.organisation}{sessions}{self.place}"
        )


def badge_of(place: Place, language: Language) -> Badge:
    conference, person = place.conference, place.person
    zone = conference.timezone
    workshops = [seat for seat in place.seats if seat.state == "held" and seat.kind == "workshop"]
    return Badge(
        language=language.code,
        date=language.date(conference.starts_at, zone),
        title=_set(conference.title, 110, language),
        name=printable(person.name),
        organisation=_set(person.organisation or "", 60, language),
        code=place.code,
        sessions=tuple(_session(seat, language, zone) for seat in workshops[:MOST_SESSIONS]),
        place=_set(location(conference), 120, language),
    )


def _session(seat: Seat, language: Language, zone: str) -> tuple[str, str]:
    times = language.times(seat.starts_at, seat.ends_at, zone)
    place = f" · {_set(seat.where, 90, language)}" if seat.where else ""
    return _set(seat.title, 90, language), f"{times}{place}"


def _set(text: str, most: int, language: Language) -> str:
    """As a printer would set it, of at most so many signs; without narrow blanks, which the fonts
    that a badge is drawn with do not have."""
    text = typeset(printable(text), language.code).replace(NARROW, NO_BREAK)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

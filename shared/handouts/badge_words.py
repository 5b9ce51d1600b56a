"""What stands on a badge, in words."""

from dataclasses import dataclass

from shared.events.registration import Place, Seat
from shared.handouts.calendar import location, printable
from shared.handouts.helvetica import can_write
from shared.words.language import Language


@dataclass(frozen=True)
class Badge:
    """From top to bottom."""

    language: str
    date: str
    title: str
    name: str
    organisation: str
    code: str
    sessions: tuple[tuple[str, str], ...]  # (title, times and room)
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
        title=_shortened(conference.title, 110),
        name=printable(f"{person.first_name} {person.last_name}"),
        organisation=_shortened(person.organisation or "", 60),
        code=place.code,
        sessions=tuple(_session(seat, language, zone) for seat in workshops),
        place=_shortened(location(conference), 120),
    )


def _session(seat: Seat, language: Language, zone: str) -> tuple[str, str]:
    times = language.times(seat.starts_at, seat.ends_at, zone)
    room = f" · {printable(seat.room)}" if seat.room else ""
    return _shortened(seat.title, 90), f"{times}{room}"


def _shortened(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

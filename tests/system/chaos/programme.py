"""Two days of the disorder, and how their programmes change: rooms, times, venues and dates move,
each to where it never was before, or back."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from shared.base.clock import now

TODAY, LATER = "chaos", "chaos-later"  # the first is closed at the end; the other is cancelled
OPENING = "ouverture"  # for everybody, and going on
CAPACITIES = {TODAY: (50, 40, 30, 20, 100_000), LATER: (3, 3, 4)}
BEFORE_WORKSHOPS, WORKSHOPS_END = timedelta(hours=3), timedelta(hours=5)


@dataclass
class Day:
    """One conference, as its organiser would have it now. `begun` is the hour of its opening."""

    slug: str
    begun: datetime
    rooms: dict[int, int] = field(default_factory=dict)
    later: timedelta = timedelta()  # by how much the workshops begin later
    venue: int = 1
    moves: int = 1

    @property
    def workshops(self) -> list[str]:
        return [f"atelier-{number + 1}" for number in range(len(CAPACITIES[self.slug]))]

    def move_room(self, workshop: int) -> None:
        self.moves += 1
        self.rooms[workshop] = self.moves

    def move_times(self) -> None:
        self.later = timedelta(minutes=(self.later.seconds // 60 + 5) % 60)

    def move_venue(self) -> None:
        self.moves += 1
        self.venue = self.moves

    def move_date(self) -> None:
        self.begun += timedelta(days=1)

    @property
    def date(self) -> date:
        return self.begun.date()

    def document(self) -> dict[str, Any]:
        """The programme as a file has it."""
        ends = self.begun + WORKSHOPS_END
        workshops = (self._clock(self.begun + BEFORE_WORKSHOPS + self.later), self._clock(ends))
        return {
            "slug": self.slug,
            "title": f"Journée du désordre ({self.slug})",
            "organiser": "Emarge",
            "contact_email": "chaos@emarge.example",
            "language": "fr",
            "timezone": "UTC",
            "date": self.date,
            "venue": f"Palais {self.venue}",
            "address": f"{self.venue} rue du Hasard",
            "city": "Montreuil",
            "registration": {"closes_at": f"{ends:%Y-%m-%dT%H:%M}"},
            "sessions": [
                {
                    "id": OPENING,
                    "kind": "plenary",
                    "title": "Ouverture",
                    "from": self._clock(self.begun),
                    "to": self._clock(ends),
                },
                *(
                    {
                        "id": f"atelier-{number + 1}",
                        "kind": "workshop",
                        "title": f"Atelier {number + 1}",
                        "room": f"Salle {number + 1}.{self.rooms.get(number, 1)}",
                        "capacity": capacity,
                        "from": workshops[0],
                        "to": workshops[1],
                    }
                    for number, capacity in enumerate(CAPACITIES[self.slug])
                ),
            ],
        }

    def _clock(self, moment: datetime) -> str:
        """Hours of the day that has begun, which after midnight go on from 24."""
        past_midnight = 24 if moment.date() > self.date else 0
        return f"{moment.hour + past_midnight:02}:{moment.minute:02}"


def both_days() -> tuple[Day, Day]:
    """A day that has begun, and whose workshops have not: its doors are open, and places are still
    given. And one in three weeks."""
    begun = now() - timedelta(hours=1)
    return Day(TODAY, begun), Day(LATER, begun + timedelta(weeks=3))

"""The Journée nationale, hour by hour, as its participants, its staff and its organiser live it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from deploy.local.demo.client import Client
from deploy.local.demo.crowd import all_at_once
from deploy.local.demo.display import Display
from deploy.local.demo.on_paper import OnPaper
from deploy.local.demo.people import Participant, offices

PARIS = ZoneInfo("Europe/Paris")
# What the certificate counts, in minutes: the opening, a workshop, the talk and the awards.
OPENING, WORKSHOP, AFTERNOON = 15, 180, 120 + 45
LATE = 25


@dataclass
class Attendance:
    """What the doors saw, as the certificates must tell it."""

    first_scans: int = 0
    repeated_scans: int = 0
    expected_first: int = 0
    expected_repeated: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    in_workshop: dict[str, int] = field(default_factory=dict)
    on_time: list[Participant] = field(default_factory=list)  # at their workshop


@dataclass
class Day:
    """`people` and what they do; the same is done `on_paper`, where nothing can go wrong."""

    client: Client
    display: Display
    people: list[Participant]
    on_paper: OnPaper

    async def register_everybody(self) -> None:
        """All at once: the fastest get the places, the others wait."""
        with self.display.step("300 people register at once", len(self.people)) as step:

            async def register(office: list[Participant]) -> None:
                await self.client.register(office)
                for _ in office:
                    step.advance()

            await all_at_once(register, offices(self.people))
        for person in self.people:
            self.on_paper.register(person.workshop)

    async def change_minds(self) -> None:
        """Some move to where there is room, two ask for a swap, ten cancel and make room."""
        movers = self._some(4, "atelier-1", waiting=True)
        swappers = self._some(2, "atelier-2", waiting=False)
        quitters = [*self._some(5, "atelier-5", waiting=False), *self._some(3, "atelier-1")]
        given_up = self._some(2, "atelier-4", waiting=True)
        total = len(movers) + len(swappers) + len(quitters) + len(given_up)
        with self.display.step("Changes, swaps, cancellations, promotions", total) as step:
            for person in movers:
                await self.client.change_workshop(person, "atelier-3")
                self.on_paper.move_from_waitlist("atelier-1", "atelier-3")
                step.advance()
            for person in swappers:
                await self.client.change_workshop(person, "atelier-5")
                self.on_paper.ask_for_swap("atelier-2", "atelier-5")
                step.advance()
            for person in quitters:
                await self.client.cancel(person)
                self.on_paper.cancel(person.workshop)
                step.advance()
            for person in given_up:
                await self.client.cancel(person)
                self.on_paper.cancel_waiting(person.workshop)
                step.advance()

    async def look_again(self) -> None:
        """Everybody opens their own page, and sees what has become of their registration."""
        with self.display.step("Everybody looks at their registration", len(self.people)) as step:

            async def refresh(person: Participant) -> None:
                await self.client.refresh(person)
                step.advance()

            await all_at_once(refresh, self.people)

    async def pass_doors(self, day: date) -> Attendance:
        """At the entrance, then at the workshops; some are late, some leave after lunch."""
        arrived = [p for p in self.people if p.status == "confirmed"]
        arrived = [p for number, p in enumerate(arrived) if number % 13 != 5]
        seen = Attendance(in_workshop=dict.fromkeys(self.on_paper.capacities, 0))
        with self.display.step("Check-in, at the entrance and per session", len(arrived)) as step:

            async def attend(number: int, person: Participant) -> None:
                late, leaves, twice = number % 9 == 4, number % 8 == 3, number % 20 == 0

                async def scan(clock: time, session: str | None = None, way: str = "in") -> None:
                    at = datetime.combine(day, clock, PARIS).isoformat()
                    if await self.client.scan(person, at, session=session, direction=way):
                        seen.first_scans += 1
                    else:
                        seen.repeated_scans += 1

                await scan(time(9, number % 55))
                if twice:
                    await scan(time(9, 56))
                await scan(time(10, 15 + (LATE if late else 0)), person.workshop)
                if leaves:
                    await scan(time(13, 20), way="out")
                seen.expected_first += 2 + leaves
                seen.expected_repeated += twice
                seen.in_workshop[person.workshop] += 1
                if not late:
                    seen.on_time.append(person)
                seen.minutes[person.name] = (
                    OPENING + WORKSHOP - LATE * late + AFTERNOON * (not leaves)
                )
                step.advance()

            await all_at_once(lambda pair: attend(*pair), enumerate(arrived))
        return seen

    def _some(self, count: int, workshop: str, *, waiting: bool = False) -> list[Participant]:
        status = "waitlisted" if waiting else "confirmed"
        there = (p for p in self.people if p.workshop == workshop and p.status == status)
        return [person for person, _ in zip(there, range(count), strict=False)]

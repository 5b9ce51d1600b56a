"""Whatever happens in whatever order: chains verify, and what was last told is what stands."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.lists.expected import expected, sheets_of
from services.sheets.signing.signing import arrive, leave, settle, strike, transcribe
from shared.events.registration import RegistrationCancelled, RegistrationChanged
from tests.sheets.signed_day import (
    CLOSING,
    DAY,
    HOST,
    LEFT,
    MORNING,
    OPENING,
    ORGANISER,
    RIGHT,
    TABLET,
    House,
    place,
)

PEOPLE = [f"p{number}" for number in range(8)]
STEPS = 150


class Day:
    """One random day after the other, in halves: a sheet has several sessions."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.chance = house, random.Random(seed)
        self.revision, self.version, self.step = 1, 1, 0
        house.choose("half-day")
        house.hear(*(place(who, self.chance.choice(["left", "right"])) for who in PEOPLE))

    def happen(self) -> None:
        self.step += 1
        acts: list[Callable[[str, str], object]] = [
            *(self.sign, self.sign, self.report, self.transcribe),
            *(self.mark, self.mark, self.strike, self.settle),
            *(self.change, self.cancel, self.move),
        ]
        if self.chance.random() < 0.03:
            acts = [self.erase]
        who = self.chance.choice(PEOPLE)
        unit = self.chance.choice(["2030-05-07-am", "2030-05-07-pm"])
        self.house.at(self.chance.uniform(-1, 9))
        try:
            self.chance.choice(acts)(who, unit)
        except Refused:
            return

    def sign(self, who: str, unit: str) -> None:
        self.house.sign(who, unit, key=f"{self.step}")

    def report(self, who: str, unit: str) -> None:
        at = MORNING + timedelta(hours=self.chance.uniform(-2, 9))
        self.house.sign(who, unit, key=f"{self.step}", by=TABLET, at=at)

    def transcribe(self, who: str, unit: str) -> None:
        said = {"by": ORGANISER, "at": MORNING, "key": f"{self.step}"}
        transcribe(self.house.signing, id_of(DAY, unit), who, **said)  # type: ignore[arg-type]  # as its keywords are

    def mark(self, who: str, unit: str) -> None:
        mark = self.chance.choice([arrive, leave])
        at = MORNING + timedelta(hours=self.chance.uniform(0, 7))
        mark(self.house.signing, id_of(DAY, unit), who, by=HOST, at=at, key=f"{self.step}")

    def strike(self, who: str, unit: str) -> None:
        act = partial(strike, by=ORGANISER, reason="seen", key=f"{self.step}")
        act(self.house.signing, id_of(DAY, unit), who)

    def settle(self, who: str, unit: str) -> None:
        act = partial(settle, by=ORGANISER, reason="seen", key=f"{self.step}")
        act(self.house.signing, id_of(DAY, unit), who)

    def change(self, who: str, _unit: str) -> None:
        self.revision += 1
        kind, name = RegistrationChanged, self.chance.choice(["Byron", "King", who.title()])
        seats = self.chance.choice([("left",), ("right",), ()])
        said = {"revision": self.revision - self.chance.randint(0, 3), "last_name": name}
        self.house.hear(place(who, *seats, kind=kind, **said))

    def cancel(self, who: str, _unit: str) -> None:
        self.revision += 1
        gone = {"revision": self.revision, "status": "cancelled"}
        self.house.hear(place(who, kind=RegistrationCancelled, **gone))

    def move(self, _who: str, _unit: str) -> None:
        self.version += 1
        later = {"ends_at": OPENING.ends_at + timedelta(minutes=self.chance.randint(0, 9))}
        closing = {"starts_at": CLOSING.starts_at - timedelta(minutes=self.chance.randint(0, 9))}
        others = [LEFT, RIGHT, CLOSING.model_copy(update=closing)]
        kept = [each for each in others if self.chance.random() < 0.9] or others
        self.house.tell_programme(OPENING.model_copy(update=later), *kept, version=self.version)

    def erase(self, who: str, _unit: str) -> None:
        self.house.erase(who)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_told_last_is_what_stands(house: House, seed: int) -> None:
    day = Day(house, seed)
    for _ in range(STEPS):
        day.happen()
    newest = {(told["sheet"], told["registration_id"]): told for told in house.told()}
    by_number = {(t["sheet"], t["registration_id"], t["entry"]) for t in house.told()}
    assert len(by_number) == len(house.told())
    stood = 0
    for unit in ("2030-05-07-am", "2030-05-07-pm"):
        assert house.faults(unit) == []
        people = house.people(unit)
        for who in PEOPLE:
            told = newest.get((id_of(DAY, unit), who))
            person = people.get(who)
            stands = person is not None and person.signed_at is not None
            assert (told is not None and not told["withdrawn"]) == (
                stands and person.present[0] < person.present[1]
            )
            if person and told and not told["withdrawn"]:
                stood += 1
                assert (told["starts_at"], told["ends_at"]) == tuple(
                    at.isoformat().replace("+00:00", "Z") for at in person.present
                )
    assert stood
    with house.database.read() as connection:
        for row in sheets_of(connection, DAY):
            listed = expected(connection, row.sheet.id)
            signed = [one for one in listed if one.signed_at]
            assert (row.expected, row.signed, row.missing, row.conflicts) == (
                sum(one.expected or one.signed_at is not None for one in listed),
                len(signed),
                sum(one.expected and not one.signed_at for one in listed),
                sum(bool(one.marks) for one in signed),
            )

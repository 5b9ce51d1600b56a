"""Each count of what the emails say finds the fault that it is for."""

from dataclasses import asdict

import pytest

from tests.system.chaos.letters import Facts, Letter
from tests.system.chaos.told import CORRECTED, Delivery, Event, Reading

DAY = {
    "slug": "chaos",
    "title": "Journée",
    "organiser": "Emarge",
    "venue": "Palais 1",
    "address": "1 rue du Hasard",
    "city": "Montreuil",
    "timezone": "UTC",
    "starts_at": "2026-05-07T08:00:00Z",
    "ends_at": "2026-05-07T18:00:00Z",
    "url": "http://localhost/chaos",
    "contact_email": "chaos@emarge.example",
}
KINDS = ("confirmed", "notice", "changed", "notice", "old-address", "confirmed", "day-cancelled")


def programme(version: int, room: str, *, tell: bool = False) -> Event:
    times = {"starts_at": "2026-05-07T10:00:00Z", "ends_at": "2026-05-07T12:00:00Z"}
    session = {"session": "a", "title": "Atelier", "kind": "workshop", "chosen": True, **times}
    data = {"conference": DAY, "programme_version": version, "tell": tell}
    data["sessions"] = [session | {"room": room}]
    kind = "conference.changed" if tell else "conference.published"
    return {"type": kind, "id": f"v{version}", "position": version, "data": data}


def place(email: str = "old@ville.example", **said: object) -> Event:
    data = {"status": "confirmed", "programme_version": 1, "person": {"email": email}}
    place_ = data | {"conference": DAY} | said
    kind = "registration.changed" if "tell" in said else "registration.confirmed"
    return {"type": kind, "id": "5" if said else "0", "subject": "r", "position": 9, "data": place_}


def letter(number: int, room: str = "", to: str = "old@ville.example") -> Letter:
    """The email of event `number`; with a room it says the day."""
    times = "Jeudi 7 mai 2026, 8 h – 18 h"
    where = (times, "Palais 1", "1 rue du Hasard", "Montreuil")
    facts = Facts({"Atelier": f"10 h – 12 h · {room}"}, where) if room else Facts()
    return Letter(f"{number}", f"{number}", to, facts, late=False)


def found(events: list[Event], *letters: Letter) -> list[str]:
    """The counts that are not nought."""
    log = {
        f"{number}": Delivery(kind, "r", 2 if kind == "notice" else None, ambiguous=False)
        for number, kind in enumerate(KINDS)
    }
    counts = asdict(Reading(events, letters, log).count())
    return [name for name, count in counts.items() if count and name != "notices"]


MOVED = [programme(1, "Salle 1"), place(), programme(2, "Salle 2", tell=True)]
CORRECTION = place("new@ville.example", tell="everything")
LINE: Event = {"type": CORRECTED, "id": "4", "subject": "r", "position": 8, "data": place()["data"]}


@pytest.mark.parametrize(
    ("events", "letters", "counts"),
    [
        (MOVED, [letter(0, "Salle 1"), letter(1, "Salle 2")], []),
        (MOVED, [letter(0, "Salle 1")], ["notices_missing"]),
        (MOVED, [letter(1, "Salle 2"), letter(3, "Salle 2")], ["notices_doubled"]),
        (
            MOVED,
            [letter(1, "Salle 2"), letter(2, "Salle 1")],
            ["notices_missing", "letters_with_old_facts"],
        ),
        (
            [programme(1, "Salle 1"), place(), LINE, CORRECTION],
            [letter(5, "Salle 1", "old@ville.example")],
            ["addresses_missed"],
        ),
        (
            [programme(1, "Salle 1"), place(), LINE, CORRECTION],
            [letter(4), letter(5, "Salle 1", "new@ville.example"), letter(6)],
            ["old_addresses_written_to"],
        ),
    ],
)
def test_each_count_finds_its_fault(
    events: list[Event], letters: list[Letter], counts: list[str]
) -> None:
    assert found(events, *letters) == counts


def test_a_cancelled_day_promises_nothing() -> None:
    cancelled = {**programme(2, "Salle 1"), "type": "conference.cancelled"}
    promoted = {**place(), "type": "registration.promoted", "id": "5"}
    events = [programme(1, "Salle 1"), place(), cancelled, promoted]
    assert found(events[:3], letter(0, "Salle 1"), letter(6)) == []
    assert found(events[:3], letter(0, "Salle 1")) == ["notices_missing"]
    assert found(events, letter(6)) == ["promised_of_a_cancelled_day"]

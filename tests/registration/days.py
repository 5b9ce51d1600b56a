"""Days to register for, and people who do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.registration.base.person import Person
from services.registration.seats.registering import Application
from shared.base.clock import now

IN_THREE_WEEKS = now().date() + timedelta(weeks=3)

HEADER = """\
slug: day
title: A day
organiser: The organiser
contact_email: contact@example.org
language: en
timezone: Europe/Paris
date: 2019-11-07
venue: The hall
city: Montreuil
sessions:
  - {id: opening, kind: plenary, title: Opening, from: "10:00", to: "10:15"}
"""
EVENING = """\
  - {id: lunch, kind: meal, title: Lunch, from: "13:15", to: "14:15", capacity: 100}
  - {id: party, kind: party, title: Party, from: "19:00", to: "01:00", capacity: 3}
"""


def programme_text(*capacities: int) -> str:
    """A day with parallel workshops a, b, c … of these capacities."""
    workshops = "".join(
        f'  - {{id: {name}, kind: workshop, title: Workshop {name}, from: "10:15", to: "13:15", '
        f"capacity: {capacity}}}\n"
        for name, capacity in zip("abcdefgh", capacities, strict=False)
    )
    return HEADER + workshops + EVENING


def morning_zone(moment: datetime) -> str:
    """Where on Earth it is nine o'clock, whatever the time is here."""
    east = (9 - moment.astimezone(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}"  # that POSIX name counts westwards


def someone(number: int, *sessions: str, **options: Any) -> Application:
    """The nth person, who wants these sessions."""
    person = Person(first_name="Zoé", last_name="N’Diaye", email=f"z{number}@example.org")
    return Application(person, sessions, **options)

"""Counting from outside: the emails that arrived, the files on disk, the rows, the live counts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Executable, create_engine, func, or_, select, text

from deploy.local.stack import Stack
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.deadletters import replay
from shared.bus.inbox import JobRow
from tests.system.chaos.letters import letters
from tests.system.chaos.signatures import Sheets, Signatures
from tests.system.chaos.told import Delivery, Reading, Told, mails_wanted

ACCEPTED = ("registration.confirmed", "registration.waitlisted")


@dataclass(frozen=True)
class Place:
    """Where to count. `slugs`: the days, of which the second is cancelled."""

    registration_url: str
    certificates_url: str
    service_token: str
    staff_token: str
    slugs: tuple[str, str]
    databases: dict[str, str]
    mails: Path
    certificates: Path
    sheets_url: str
    sheets: Sheets


@dataclass(frozen=True)
class Census:
    accepted_without_event: int
    mails_wanted: int
    mails_missing: int
    mails_ambiguous: int
    mails_held: int
    mails_doubled: int
    told: Told
    certificates_wanted: int
    certificates_missing: int
    certificates_doubled: int
    headcount_differences: int
    oversold: int
    waiting_beside_a_free_place: int
    signed: Signatures

    @property
    def losses(self) -> int:
        """Everything that must be nought."""
        return (
            self.accepted_without_event
            + self.mails_missing
            + self.mails_doubled
            + self.told.losses
            + self.certificates_missing
            + self.certificates_doubled
            + self.headcount_differences
            + self.oversold
            + self.waiting_beside_a_free_place
            + self.signed.losses
        )


def take(place: Place, accepted: set[str], present: set[str], signed: set[str]) -> Census:
    """Count it all. `accepted`, `present` and `signed` are ids of registrations, as their clients
    know."""
    registered = list(_events(place.registration_url, place.service_token))
    issued = [
        event
        for event in _events(place.certificates_url, place.service_token)
        if event["type"] == "certificate.issued"
    ]
    events = {e["subject"] for e in registered if e["type"] in ACCEPTED}
    mails = letters(place.mails)
    deliveries = _deliveries(place.databases["notifications"])
    ambiguous = {event for event, delivery in deliveries.items() if delivery.ambiguous}
    held = {event for event, delivery in deliveries.items() if delivery.held}
    reading = Reading(registered, mails, deliveries)
    wanted = mails_wanted([*registered, *issued], reading.cancelled_at)
    arrived = Counter(letter.event for letter in mails)
    absent = wanted - set(arrived)
    certificates = Counter(event["data"]["registration_id"] for event in issued)
    files = list(place.certificates.rglob("*.pdf"))
    sessions = _sessions(place.databases["registration"])
    return Census(
        accepted_without_event=len(accepted - events),
        mails_wanted=len(wanted),
        mails_missing=len(absent - ambiguous - held),
        mails_ambiguous=len(absent & ambiguous),
        mails_held=len(absent & held),
        mails_doubled=sum(count - 1 for count in arrived.values()),
        told=reading.count(),
        certificates_wanted=len(present),
        certificates_missing=len(present - set(certificates)) + max(0, len(issued) - len(files)),
        certificates_doubled=sum(count - 1 for count in certificates.values())
        + max(0, len(files) - len(issued)),
        headcount_differences=sum(_differences(place, slug, sessions) for slug in place.slugs),
        oversold=sum(max(0, row["held"] - row["capacity"]) for row in sessions.values()),
        waiting_beside_a_free_place=sum(
            row["waiting"] > 0 and row["held"] < row["capacity"]
            for (slug, _), row in sessions.items()
            if slug == place.slugs[0]
        ),
        signed=place.sheets.count(signed, _events(place.sheets_url, place.service_token)),
    )


def _deliveries(url: str) -> dict[str, Delivery]:
    """What the delivery log says of each email, by its event."""
    query = text("SELECT event_id, kind, registration_id, programme_version, state FROM delivery")
    return {
        row["event_id"]: Delivery(
            row["kind"],
            row["registration_id"],
            row["programme_version"],
            ambiguous=row["state"] == "ambiguous",
            held=row["state"] == "held",
        )
        for row in _rows(url, query)
    }


def jobs(place: Place, *states: str) -> dict[str, int]:
    """How many jobs of each service are in one of these states, but for those whose time is still
    to come; none of them has failed."""
    count = select(func.count().label("count")).where(
        JobRow.state.in_(states),
        or_(JobRow.state != "waiting", JobRow.tries > 0, JobRow.next_at <= now()),
    )
    return {service: int(_rows(url, count)[0]["count"]) for service, url in place.databases.items()}


def replay_dead(place: Place, service: str) -> int:
    """As its operator does by `dead replay --all`; how many."""
    database = Database.open(place.databases[service])
    with database.begin() as connection:
        count = replay(connection, None)
    database.close()
    return count


def database_of(emarge: Stack, service: str) -> str:
    return emarge.databases.get(service) or f"sqlite:///{emarge.home / f'{service}.db'}"


def _events(url: str, token: str) -> Iterator[dict[str, Any]]:
    after = 0
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        while True:
            page = client.get(
                "/events", params={"after": after}, headers={"Authorization": f"Bearer {token}"}
            ).raise_for_status()
            events = page.json()["events"]
            if not events:
                return
            yield from events
            after = events[-1]["position"]


def _sessions(url: str) -> dict[tuple[str, str], Any]:
    """Held and waiting seats per session with a capacity, counted row by row."""
    query = text(
        "SELECT conference.slug AS day, session.slug, session.capacity, session.taken,"
        " sum(CASE WHEN seat.state = 'held' THEN 1 ELSE 0 END) AS held,"
        " sum(CASE WHEN seat.state = 'waiting' THEN 1 ELSE 0 END) AS waiting"
        " FROM session JOIN conference ON conference.id = session.conference_id"
        " LEFT JOIN seat ON seat.session_id = session.id WHERE session.capacity IS NOT NULL"
        " GROUP BY conference.slug, session.slug, session.capacity, session.taken"
    )
    return {(row["day"], row["slug"]): row for row in _rows(url, query)}


def _differences(place: Place, slug: str, sessions: dict[tuple[str, str], Any]) -> int:
    answer = httpx.get(
        f"{place.registration_url}/api/conferences/{slug}/headcounts",
        headers={"Authorization": f"Bearer {place.staff_token}"},
        trust_env=False,
    ).raise_for_status()
    live = {item["session"]: item for item in answer.json()["items"]}
    return sum(
        (live[session]["registered"], live[session]["waiting"]) != (row["held"], row["waiting"])
        or row["taken"] != row["held"]
        for (day, session), row in sessions.items()
        if day == slug
    )


def _rows(url: str, query: Executable) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = list(connection.execute(query).mappings())
    engine.dispose()
    return rows

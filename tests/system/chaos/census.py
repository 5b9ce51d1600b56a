"""Counting from outside: the emails that arrived, the files on disk, the rows, the live counts."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from deploy.local.mailbox import Mailbox

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAIL_EVENTS = (
    "registration.confirmed",
    "registration.waitlisted",
    "registration.promoted",
    "registration.changed",
    "registration.cancelled",
    "certificate.issued",
)


@dataclass(frozen=True)
class Place:
    """Where to count."""

    registration_url: str
    certificates_url: str
    service_token: str
    staff_token: str
    slug: str
    database_url: str
    mails: Path
    certificates: Path


@dataclass(frozen=True)
class Census:
    accepted_without_event: int
    mails_wanted: int
    mails_missing: int
    mails_ambiguous: int
    mails_doubled: int
    certificates_wanted: int
    certificates_missing: int
    certificates_doubled: int
    headcount_differences: int
    oversold: int
    waiting_beside_a_free_place: int

    @property
    def losses(self) -> int:
        """Everything that must be nought."""
        return (
            self.accepted_without_event
            + self.mails_missing
            + self.mails_doubled
            + self.certificates_missing
            + self.certificates_doubled
            + self.headcount_differences
            + self.oversold
            + self.waiting_beside_a_free_place
        )


def take(place: Place, accepted: set[str], present: set[str], ambiguous: set[str]) -> Census:
    """Count it all. `accepted` and `present` are ids of registrations, as their clients know;
    `ambiguous` are the events whose emails the operator is told of: nobody can know about them.
    """
    registered = list(_events(place.registration_url, place.service_token))
    issued = [
        event
        for event in _events(place.certificates_url, place.service_token)
        if event["type"] == "certificate.issued"
    ]
    told = {e["subject"] for e in registered if e["type"] in MAIL_EVENTS[:2]}
    wanted = {event["id"] for event in [*registered, *issued] if event["type"] in MAIL_EVENTS}
    mails = _mails(place.mails)
    absent = wanted - {_event_of(message_id) for message_id in mails}
    certificates = Counter(event["data"]["registration_id"] for event in issued)
    files = list(place.certificates.rglob("*.pdf"))
    sessions = _sessions(place.database_url)
    return Census(
        accepted_without_event=len(accepted - told),
        mails_wanted=len(wanted),
        mails_missing=len(absent - ambiguous),
        mails_ambiguous=len(absent & ambiguous),
        mails_doubled=sum(count - 1 for count in mails.values()),
        certificates_wanted=len(present),
        certificates_missing=len(present - set(certificates)) + max(0, len(issued) - len(files)),
        certificates_doubled=sum(count - 1 for count in certificates.values())
        + max(0, len(files) - len(issued)),
        headcount_differences=_differences(place, sessions),
        oversold=sum(max(0, row["held"] - row["capacity"]) for row in sessions.values()),
        waiting_beside_a_free_place=sum(
            row["waiting"] > 0 and row["held"] < row["capacity"] for row in sessions.values()
        ),
    )


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


def _mails(folder: Path) -> Counter[str]:
    return Counter(_message_id(folder, identity) for identity in Mailbox(folder).ids())


@cache  # they are counted again and again, and never change
def _message_id(folder: Path, identity: str) -> str:
    return Mailbox(folder).stored(identity).message_id


def _event_of(message_id: str) -> str:
    found = UUID_FORM.search(message_id)
    return found.group() if found else message_id


def _sessions(url: str) -> dict[str, dict[str, int]]:
    """Held and waiting seats per session with a capacity, counted row by row."""
    query = text(
        "SELECT session.slug, session.capacity, session.taken,"
        " sum(CASE WHEN seat.state = 'held' THEN 1 ELSE 0 END) AS held,"
        " sum(CASE WHEN seat.state = 'waiting' THEN 1 ELSE 0 END) AS waiting"
        " FROM session LEFT JOIN seat ON seat.session_id = session.id"
        " WHERE session.capacity IS NOT NULL GROUP BY session.slug, session.capacity, session.taken"
    )
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = {row["slug"]: dict(row) for row in connection.execute(query).mappings()}
    engine.dispose()
    return rows


def _differences(place: Place, sessions: dict[str, dict[str, int]]) -> int:
    answer = httpx.get(
        f"{place.registration_url}/api/conferences/{place.slug}/headcounts",
        headers={"Authorization": f"Bearer {place.staff_token}"},
        trust_env=False,
    ).raise_for_status()
    live = {item["session"]: item for item in answer.json()["items"]}
    return sum(
        (live[slug]["registered"], live[slug]["waiting"]) != (row["held"], row["waiting"])
        or row["taken"] != row["held"]
        for slug, row in sessions.items()
    )

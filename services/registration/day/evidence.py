"""What is known of people's presence, read from the database."""

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Select, func, select

from services.registration.base import tables
from services.registration.day.intervals import Interval
from services.registration.day.presence import Evidence, Scan, Written
from services.registration.day.tables import SignedPresence, WrittenPresence
from services.registration.history.acts import Actor, Kind
from services.registration.programme.facts import Conference
from shared.bus.logged import LoggedEvent
from shared.events.registration import RegistrationCancelled

NEEDS_SIGNATURE = ("signature", "both")  # an organiser's word on a sheet is none
_SCANS = select(
    tables.Scan.registration_id,
    tables.Scan.session_id,
    tables.Scan.direction,
    tables.Scan.at,
    tables.Scan.actor_kind,
    tables.Scan.actor_name,
)
_WRITTEN = select(
    WrittenPresence.registration_id,
    WrittenPresence.session_id,
    WrittenPresence.starts_at,
    WrittenPresence.ends_at,
    WrittenPresence.actor_kind,
    WrittenPresence.actor_name,
    WrittenPresence.reason,
    WrittenPresence.written_at,
)
_SIGNED = select(
    SignedPresence.registration_id,
    SignedPresence.session_id,
    SignedPresence.starts_at,
    SignedPresence.ends_at,
).where(SignedPresence.starts_at.is_not(None))
_SEATS = select(tables.Seat.registration_id, tables.Seat.session_id).where(
    tables.Seat.state == "held"
)


def read_evidence(
    connection: Connection,
    conference: Conference,
    registration_ids: Sequence[str] | None = None,
) -> dict[str, Evidence]:
    """Of these people, or of all of the day of whom anything is known, by registration."""

    def of(
        rows: Select[*tuple[object, ...]], table: type[tables.Base]
    ) -> Select[*tuple[object, ...]]:
        owner = table.__table__.c.registration_id
        if registration_ids is not None:
            return rows.where(owner.in_(registration_ids))
        return rows.join(tables.Registration, tables.Registration.id == owner).where(
            tables.Registration.conference_id == conference.id
        )

    scans: dict[str, list[Scan]] = defaultdict(list)
    for row in connection.execute(of(_SCANS, tables.Scan)):
        scans[row.registration_id].append(
            Scan(row.session_id, row.direction, row.at, _actor(row.actor_kind, row.actor_name))
        )
    written: dict[str, dict[int, Written]] = defaultdict(dict)
    for row in connection.execute(of(_WRITTEN, WrittenPresence)):
        times = (row.starts_at, row.ends_at) if row.starts_at is not None else None
        by = Actor(row.actor_kind, row.actor_name)
        written[row.registration_id][row.session_id] = Written(
            times, by, row.reason, row.written_at
        )
    signed: dict[str, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    counts = _SIGNED
    if conference.presence_evidence in NEEDS_SIGNATURE:
        counts = counts.where(SignedPresence.written.is_(False))
    for row in connection.execute(of(counts, SignedPresence)):
        signed[row.registration_id][row.session_id].append((row.starts_at, row.ends_at))
    held: dict[str, set[int]] = defaultdict(set)
    for row in connection.execute(of(_SEATS, tables.Seat)):
        held[row.registration_id].add(row.session_id)
    if conference.workshop_presence == "day":
        for registration_id in scans.keys() - held.keys():
            held[registration_id] = _given_back(connection, conference, registration_id)
    known = (
        scans.keys() | written.keys() | signed.keys() | held.keys() | set(registration_ids or ())
    )
    return {
        each: Evidence(scans[each], held[each], written[each], dict(signed[each])) for each in known
    }


def _given_back(connection: Connection, conference: Conference, registration_id: str) -> set[int]:
    """The seats that somebody had who was there and cancelled: it stays true that they were."""
    newest = (
        select(func.max(LoggedEvent.number))
        .where(LoggedEvent.subject == registration_id)
        .where(LoggedEvent.type == RegistrationCancelled.type)
        .scalar_subquery()
    )
    envelope = connection.execute(
        select(LoggedEvent.envelope).where(LoggedEvent.number == newest)
    ).scalar()
    if envelope is None:
        return set()
    seats = json.loads(envelope)["data"].get("seats", ())
    held = {seat["session"] for seat in seats if seat["state"] == "held"}
    return {session.id for session in conference.sessions if session.slug in held}


def _actor(kind: Kind | None, name: str | None) -> Actor | None:
    return Actor(kind, name or "") if kind else None

"""Answering a repeated request as before: what was answered is kept beside what was done."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from services.registration.base import tables
from services.registration.base.refusals import KeyReused
from services.registration.programme.facts import Conference
from services.registration.seats.records import Seat
from services.registration.seats.tables import Answer
from shared.base.database import Database, upsert


@dataclass(frozen=True)
class Registered:
    """What a person who has registered is told. `replayed` when it was told before."""

    id: str
    code: str
    status: str
    seats: tuple[Seat, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered to a request that came with a key."""

    key: str
    request_hash: str
    answer: Registered


_FIND = (
    select(Answer.request_hash, Answer.answer)
    .join(tables.Conference, tables.Conference.id == Answer.conference_id)
    .where(
        Answer.key == bindparam("answer_key"),
        tables.Conference.slug == bindparam("conference_slug"),
    )
)


def hash_of(request: dict[str, Any]) -> str:
    """What tells one request from another: the SHA-256 of its canonical JSON."""
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def keep(
    connection: Connection, conference: Conference, answered: Sequence[Answered], moment: datetime
) -> set[str]:
    """Remember answers, each by a key of its own; the keys that no request had used before."""
    rows = [
        {
            "conference_id": conference.id,
            "key": each.key,
            "request_hash": each.request_hash,
            "registration_id": each.answer.id,
            "answer": json.dumps(
                {
                    "id": each.answer.id,
                    "code": each.answer.code,
                    "status": each.answer.status,
                    "seats": [
                        [seat.session.id, seat.state, seat.rank] for seat in each.answer.seats
                    ],
                }
            ),
            "created_at": moment,
        }
        # In one order: two transactions that have keys in common would each wait for the other.
        for each in sorted(answered, key=attrgetter("key"))
    ]
    if not rows:
        return set()
    statement = upsert(connection, Answer).on_conflict_do_nothing().returning(Answer.key)
    return {*connection.execute(statement, rows).scalars()}


def forget(connection: Connection, registration_ids: Collection[str]) -> None:
    """A key can be an address; a hash of a request tells whoever can guess it what it was."""
    connection.execute(delete(Answer).where(Answer.registration_id.in_(registration_ids)))


def earlier_answer(
    database: Database, conference: Conference, key: str, request_hash: str
) -> Registered | None:
    """What was answered to this request before. Raises KeyReused when it was another request."""
    with database.read() as connection:
        row = connection.execute(
            _FIND, {"answer_key": key, "conference_slug": conference.slug}
        ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise KeyReused
    kept = json.loads(row.answer)
    seats = tuple(
        Seat(conference.by_id[session], state, rank)
        for session, state, rank in kept["seats"]
        if session in conference.by_id
    )
    return Registered(kept["id"], kept["code"], kept["status"], seats, replayed=True)

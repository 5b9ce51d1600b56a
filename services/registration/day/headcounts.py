"""Live headcounts: counted in one snapshot of the database, kept in Redis, announced to the pages.

The feed position of the snapshot is the version: what is older never overwrites what is newer, so
recounting needs no order and may be repeated. Redis may forget or be away at any time: the counts
then come from the database.
"""

import json
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select

from services.registration.base import tables
from services.registration.base.refusals import NotFound
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import attended_sessions
from services.registration.programme.programmes import load_conference
from services.registration.seats.tables import Standby
from shared.base.clock import epoch_seconds, now, sleep
from shared.base.database import Database
from shared.base.redis_url import connect
from shared.bus import eventlog
from shared.bus.logged import LogHead

CHANNEL = "emarge.headcounts"  # the message is the conference's slug
STALE = 1.0  # seconds after which counts behind the log are not believed to be renewed soon
BY_THE_CLOCK = 30.0  # seconds: who is present changes when a session begins, without any event
PAUSE = 0.2  # seconds between two counts: in a burst, one covers all events that come meanwhile
_OF_STAFF = {"present", "freed", "let_in", "over"}
KEPT = 60 * 60 * 24 * 30  # seconds

log = structlog.get_logger()

# KEYS: the counts. ARGV: epoch, version, body, time, slug, channel, seconds to keep.
_STORE = """
local known = redis.call('HMGET', KEYS[1], 'epoch', 'version')
if known[1] == ARGV[1] and tonumber(known[2]) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'version', ARGV[2], 'body', ARGV[3], 'time', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('PUBLISH', ARGV[6], ARGV[5])
return 1
"""


def _people(status: str) -> Any:
    return (
        select(func.count())
        .select_from(tables.Registration)
        .where(
            tables.Registration.conference_id == tables.Conference.id,
            tables.Registration.status == status,
        )
        .scalar_subquery()
    )


def _at_the_door(condition: ColumnElement[bool]) -> Any:
    return (
        select(func.count())
        .select_from(Standby)
        .where(Standby.session_id == tables.Session.id, condition)
        .scalar_subquery()
    )


# One statement is one snapshot: every event up to `position` is in the counts.
_COUNT = (
    select(
        LogHead.epoch,
        LogHead.position,
        tables.Conference.present.label("day_present"),
        tables.Conference.starts_at,
        tables.Conference.closed_at,
        _people("confirmed").label("confirmed"),
        _people("waitlisted").label("waitlisted"),
        tables.Session.slug,
        (tables.Session.capacity - tables.Session.beyond).label("capacity"),
        tables.Session.unlimited,
        tables.Session.taken,
        tables.Session.waiting,
        tables.Session.present,
        _at_the_door(Standby.freed_at.is_not(None)).label("freed"),
        _at_the_door(Standby.let_in_at.is_not(None)).label("let_in"),
        _at_the_door(Standby.over.is_(True)).label("over"),
    )
    .select_from(tables.Conference)
    .join(tables.Session, tables.Session.conference_id == tables.Conference.id)
    .join(LogHead, LogHead.one == 1)
    .where(tables.Conference.slug == bindparam("conference_slug"))
    .order_by(tables.Session.rank)
)


@dataclass(frozen=True)
class Headcounts:
    """The counts of a conference as of a position of the log."""

    epoch: str
    version: int
    body: dict[str, Any]

    def seen_by(self, *, staff: bool) -> dict[str, Any]:
        """The counts; who is present, and what doors did, is for staff."""
        if staff:
            return self.body
        return {
            **self.body,
            "items": [_without_presence(item) for item in self.body["items"]],
            "conference": _without_presence(self.body["conference"]),
        }


class HeadcountBoard:
    """Where headcounts are kept and looked up."""

    def __init__(self, redis_url: str, database: Database) -> None:
        self.redis = connect(redis_url)
        self._database = database
        self._store = self.redis.register_script(_STORE)

    def current(self, slug: str) -> Headcounts:
        """The newest counts there are, from the database when Redis has none. Or NotFound."""
        try:
            stored = self._stored(slug)
        except redis.RedisError as error:
            log.debug("headcounts from the database", error=str(error))
            return self._count(slug)
        if stored is None:
            return self._renew(slug)
        counts, stored_at = stored
        with self._database.read() as connection:
            epoch, position = eventlog.head(connection)
        behind = counts.epoch != epoch or counts.version < position
        age = epoch_seconds() - stored_at
        return self._renew(slug) if age > (STALE if behind else BY_THE_CLOCK) else counts

    def recount(self, slug: str, position: int | None = None) -> None:
        """Count again and store, unless what is stored covers `position`. Raises RedisError."""
        if position is not None:
            stored = self._stored(slug)
            with self._database.read() as connection:
                epoch, _ = eventlog.head(connection)
            if stored and stored[0].epoch == epoch and stored[0].version >= position:
                return
            if stored:
                sleep(min(PAUSE, max(0.0, stored[1] + PAUSE - epoch_seconds())))
        self._put(slug, self._count(slug))

    def _stored(self, slug: str) -> tuple[Headcounts, float] | None:
        """What Redis has, and since when."""
        epoch, version, body, since = self.redis.hmget(
            _key(slug), "epoch", "version", "body", "time"
        )
        if epoch is None or version is None or body is None or since is None:
            return None
        return Headcounts(str(epoch), int(version), json.loads(body)), float(since)

    def _renew(self, slug: str) -> Headcounts:
        counts = self._count(slug)
        try:
            self._put(slug, counts)
        except redis.RedisError as error:
            log.debug("headcounts not stored", error=str(error))
        return counts

    def _put(self, slug: str, counts: Headcounts) -> None:
        body = json.dumps(counts.body, separators=(",", ":"))
        arguments = (counts.epoch, counts.version, body, epoch_seconds(), slug, CHANNEL, KEPT)
        self._store(keys=[_key(slug)], args=list(arguments))

    def _count(self, slug: str) -> Headcounts:
        with self._database.read() as connection:
            return count(connection, slug)


def _present(connection: Connection, slug: str, day: Row[Any]) -> tuple[int, dict[str, int]]:
    """How many are present: of the day, and by session. While the day goes on that is who is in; at
    a session for everyone, who has been in the building since it began. Once it is closed, it is
    who was there: the numbers that the certificates have."""
    moment = now()
    closed = day.closed_at is not None
    if not closed and moment < day.starts_at:
        return day.day_present, {}
    conference = load_conference(connection, slug)
    by_rule = [
        session
        for session in conference.sessions
        if closed or (not session.is_chosen and session.starts_at <= moment)
    ]
    came, sessions = 0, dict.fromkeys((session.slug for session in by_rule), 0)
    for evidence in read_evidence(connection, conference).values():
        came += evidence.came_at is not None
        there = {each.session.slug for each in attended_sessions(conference, evidence, moment)}
        for session in by_rule:
            sessions[session.slug] += session.slug in there
    return came if closed else day.day_present, sessions


def count(connection: Connection, slug: str) -> Headcounts:
    """The counts as the database has them at this moment. Raises NotFound."""
    rows = connection.execute(_COUNT, {"conference_slug": slug}).all() if "\x00" not in slug else []
    if not rows:
        raise NotFound
    day = rows[0]
    day_present, present = _present(connection, slug, day)
    return Headcounts(
        day.epoch,
        day.position,
        {
            "as_of": day.position,
            "items": [
                {
                    "session": row.slug,
                    # A session for everyone expects everyone.
                    "registered": day.confirmed if row.capacity is None else row.taken,
                    "waiting": row.waiting,
                    "present": present.get(row.slug, row.present),
                    "freed": row.freed,
                    "let_in": row.let_in,
                    "over": row.over,
                    "capacity": None if row.unlimited else row.capacity,
                    "as_of": day.position,
                }
                for row in rows
            ],
            "conference": {
                "registered": day.confirmed + day.waitlisted,
                "confirmed": day.confirmed,
                "waiting": day.waitlisted,
                "present": day_present,
            },
        },
    )


def _without_presence(counts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in counts.items() if name not in _OF_STAFF}


def _key(slug: str) -> str:
    return f"emarge:headcounts:{slug}"

"""What the volunteer at a door is shown after a scan, also when the page is asked for again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection

from services.registration.base.refusals import Fault, Invalid, NotFound, Refusal, SessionFull
from services.registration.base.settings import RegistrationSettings
from services.registration.day.attendance import Passage, Scanned, scan
from services.registration.day.presence import Direction
from services.registration.day.verdict import DOUBTS, Kind
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference, Session
from services.registration.seats.records import Record, read_record

Mood = Literal["good", "warn", "bad"]
MOODS: Mapping[Kind, Mood] = {
    "welcome": "good",
    "goodbye": "good",
    "already-in": "warn",
    "already-out": "warn",
    "wrong-workshop": "bad",
    "unexpected": "bad",
    "waitlisted": "warn",
    "seat-freed": "warn",
    "cancelled": "bad",
    "unknown": "bad",
    "misread": "warn",
    "not-today": "bad",
    "day-closed": "bad",
}
# What the panel says beside the verdicts: of a list that is older than somebody's registration, and
# of people who walk in.
Said = Kind | Literal["unlisted", "kept", "not-registered", "known"]
FACES: Mapping[str, Mood] = {
    **{str(kind): mood for kind, mood in MOODS.items()},
    "unlisted": "warn",
    "kept": "good",
    "not-registered": "bad",
    "known": "warn",
}
SHOWN_FOR = 3600  # seconds for which an address shows an outcome


@dataclass(frozen=True)
class Door:
    """Where the volunteer stands; no session is the door of the day."""

    session: Session | None = None
    direction: Direction = "in"


@dataclass(frozen=True)
class Outcome:
    """What the panel says. `refused` is why somebody who walks in was not registered."""

    kind: Said
    record: Record | None = None
    workshops: Sequence[Session] = ()
    since: datetime | None = None
    expected: bool | None = None
    rank: int | None = None
    refused: Refusal | None = None

    @classmethod
    def of(cls, scanned: Scanned) -> Self:
        verdict = scanned.verdict
        return cls(
            verdict.kind,
            scanned.record,
            verdict.workshops,
            verdict.since,
            verdict.expected,
            verdict.rank,
        )

    @property
    def mood(self) -> Mood:
        return FACES[self.kind]

    @property
    def may_let_in(self) -> bool:
        return self.kind in DOUBTS


def scan_at(
    desk: Desk,
    slug: str,
    text: str,
    door: Door,
    actor: Actor,
    *,
    let_in: bool = False,
    at: datetime | None = None,
) -> Outcome:
    """Record the passage, unless the volunteer should think first. Raises NotFound for the day.

    With `let_in` they have thought, or the person is in already.
    """
    session = door.session.slug if door.session else None
    return Outcome.of(scan(desk, slug, Passage(text, door.direction, session, at, let_in, actor)))


class Outcomes:
    """Outcomes in the address of the page that shows them, signed: a form's answer leads there, so
    that the page can be read again, in another language too, without sending the form again."""

    def __init__(self, settings: RegistrationSettings) -> None:
        self._serializer = URLSafeTimedSerializer(
            settings.keys.for_signing("cookies"),
            salt="emarge.door",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def written(self, outcome: Outcome) -> str:
        said = {
            "kind": outcome.kind,
            "of": outcome.record.id if outcome.record else None,
            "to": [session.slug for session in outcome.workshops],
            "since": outcome.since.isoformat() if outcome.since else None,
            "rank": outcome.rank,
            "why": _kept(outcome.refused) if outcome.refused else None,
        }
        return str(self._serializer.dumps(said))

    def read(self, connection: Connection, conference: Conference, text: str) -> Outcome | None:
        """None for what we did not write lately, and for who is gone."""
        try:
            said: dict[str, Any] = self._serializer.loads(text, max_age=SHOWN_FOR)
            record = read_record(connection, said["of"]) if said["of"] else None
        except (BadSignature, NotFound):
            return None
        if record and (record.conference_id != conference.id or record.erased_at is not None):
            return None
        workshops = [conference.by_slug[slug] for slug in said["to"] if slug in conference.by_slug]
        since = datetime.fromisoformat(said["since"]) if said["since"] else None
        why = _as_refused(said["why"]) if said.get("why") else None
        return Outcome(said["kind"], record, workshops, since, None, said.get("rank"), why)


def _kept(refusal: Refusal) -> dict[str, Any]:
    """So that it can be said again in another language: nothing of it names the person."""
    if isinstance(refusal, SessionFull):
        return {"full": refusal.extra["sessions"]}
    if isinstance(refusal, Invalid):
        return {"faults": [[each.message, each.parameters] for each in refusal.faults]}
    return {"faults": [[refusal.message, refusal.parameters]]}


def _as_refused(why: dict[str, Any]) -> Refusal:
    if "full" in why:
        return SessionFull(titles="", extra={"sessions": why["full"]})
    return Invalid([Fault("", message, parameters) for message, parameters in why["faults"]])

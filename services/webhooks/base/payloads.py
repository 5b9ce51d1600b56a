"""Which events a subscriber may choose, and how much of each they are told.

Of each type stand here the fields that any endpoint may know, and those that tell who somebody is,
which one is sent only where its organiser wants so. What is in neither is told to nobody: links
that act for a person, a registration's code, whatever comes new.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.events import Event, Payload
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.events.registration import (
    AttendanceCertified,
    AttendanceRecorded,
    AttendanceWithdrawn,
    AttendeeErased,
    ConferenceCancelled,
    ConferenceChanged,
    ConferencePublished,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from shared.events.sheets import AttendanceSigned, SheetSealed

Fields = Mapping[str, Any]  # a field and True, or the fields within it


def _of(*names: str, **inside: Fields) -> dict[str, Any]:
    return {**dict.fromkeys(names, True), **inside}


@dataclass(frozen=True)
class Offered:
    """One type: the class of its events, and the fields of its payload."""

    contract: type[Payload]
    fields: Fields
    personal: Fields = field(default_factory=dict)


_DAY = _of("slug", "title", "venue", "city", "timezone", "starts_at", "ends_at", "url")
_PERSON = _of("first_name", "last_name", "email", "organisation", "locale")
_SEATS = _of("session", "title", "kind", "starts_at", "ends_at", "state")
_PLACE = _of("registration_id", "revision", "status", conference=_DAY, seats=_SEATS)
_WHO = _of(person=_PERSON)
_SESSIONS = _of(
    "session", "title", "kind", "starts_at", "ends_at", "room", "chosen", "capacity", "required"
)
_PROGRAMME = _of("programme_version", conference=_DAY, sessions=_SESSIONS)
_ATTENDED = _of("session", "title", "kind", "starts_at", "ends_at", "minutes")

OFFERED: dict[str, Offered] = {
    offered.contract.type: offered
    for offered in (
        Offered(RegistrationConfirmed, _PLACE, _WHO),
        Offered(RegistrationWaitlisted, _PLACE, _WHO),
        Offered(RegistrationPromoted, _PLACE | _of("granted", "released"), _WHO),
        Offered(RegistrationChanged, _PLACE | _of("lapsed", "freed", "let_in"), _WHO),
        Offered(RegistrationCancelled, _PLACE | _of("why"), _WHO),
        Offered(
            AttendanceRecorded,
            _of("registration_id", "conference", "session", "direction", "at", "source"),
        ),
        Offered(AttendanceWithdrawn, _of("registration_id", "conference", "session")),
        Offered(
            AttendanceCertified,
            _of(
                "registration_id",
                "attendance_version",
                "minutes",
                conference=_DAY,
                sessions=_ATTENDED,
            ),
            _WHO,
        ),
        Offered(
            AttendanceSigned,
            _of(
                "registration_id",
                "conference",
                "sheet",
                "entry",
                "sessions",
                "starts_at",
                "ends_at",
                "signed_at",
                "source",
                "withdrawn",
            ),
        ),
        Offered(
            SheetSealed,
            _of(
                "conference",
                "sheet",
                "sessions",
                "title",
                "seal",
                "entries",
                "sealed_at",
                "signed",
                "expected",
            ),
            _of("code"),
        ),
        # The public code of a certificate shows its holder's name to whoever verifies it.
        Offered(
            CertificateIssued,
            _of(
                "registration_id",
                "kind",
                "attendance_version",
                "minutes",
                "issued_at",
                "supersedes_because",
                conference=_DAY,
            ),
            _WHO | _of("code", "verify_url", "supersedes"),
        ),
        Offered(
            CertificateRevoked,
            _of("registration_id", "conference", "revoked_at"),
            _of("code", "reason"),
        ),
        Offered(ConferencePublished, _PROGRAMME),
        Offered(ConferenceChanged, _PROGRAMME | _of(differences=_of("what", "session"))),
        Offered(ConferenceCancelled, _PROGRAMME | _of("reason")),
        Offered(AttendeeErased, _of("registration_id", "conference", "erased_at")),
    )
}
TEST = "webhook.test"
ERASED = AttendeeErased.type


def payload(event: Event[Payload], *, personal: bool) -> str:
    """What is sent of an event, as JSON."""
    offered = OFFERED[event.type]
    told = event.data.model_dump(mode="json")
    fields = {**offered.fields, **(offered.personal if personal else {})}
    return written(event.type, event.time.isoformat(), _only(told, fields))


def impersonal(type_: str, body: str) -> str:
    """What may be sent of a body to an endpoint that is told of people no more."""
    offered = OFFERED.get(type_)
    if offered is None or not offered.personal:
        return body
    said = json.loads(body)
    return written(type_, said["timestamp"], _only(said["data"], offered.fields))


def written(type_: str, timestamp: str, data: Mapping[str, Any]) -> str:
    """The body of every webhook, as Standard Webhooks recommends it."""
    body = {"type": type_, "timestamp": timestamp, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _only(value: Any, fields: Any) -> Any:
    if fields is True or value is None:
        return value
    if isinstance(value, list):
        return [_only(each, fields) for each in value]
    return {name: _only(value[name], inside) for name, inside in fields.items() if name in value}

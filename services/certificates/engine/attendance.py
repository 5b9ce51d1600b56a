"""The attendance data attached to every certificate, for machines that file it."""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.certificates.engine.values import Values

SCHEMA = "urn:emarge:attendance:1"
ATTACHMENT_NAME = "attendance.json"
ATTACHMENT_LABEL = {
    "fr": "Données de présence, lisibles par une machine",
    "en": "Attendance data, machine-readable",
}


@dataclass(frozen=True)
class Attached:
    """A file inside the document."""

    name: str
    description: str
    content: bytes


def attachment_of(values: Values) -> Attached:
    """The data as a document carries it."""
    return Attached(ATTACHMENT_NAME, ATTACHMENT_LABEL[values.locale], attendance_json(values))


def attendance_json(values: Values) -> bytes:
    """What the page says, as JSON: keys in a fixed order, times with the conference's offset."""
    zone = ZoneInfo(values.timezone)
    document = {
        "schema": SCHEMA,
        "code": values.code,
        "verify_url": values.verify_url,
        "kind": values.variant,
        "holder": {"name": values.holder, "organisation": values.organisation or None},
        "conference": {
            "title": values.conference,
            "organiser": values.organiser,
            "venue": values.venue or None,
            "city": values.city or None,
            "starts_at": values.starts_at.astimezone(zone).isoformat(),
            "ends_at": values.ends_at.astimezone(zone).isoformat(),
            "timezone": values.timezone,
        },
        "sessions": [
            {
                "title": session.title,
                "starts_at": session.starts_at.astimezone(zone).isoformat(),
                "ends_at": session.ends_at.astimezone(zone).isoformat(),
                "minutes": session.minutes,
            }
            for session in values.sessions
        ],
        "minutes": values.minutes,
        "issued_at": values.issued_at.isoformat(),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

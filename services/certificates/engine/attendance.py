"""The attendance data attached to every certificate, for machines that file it."""

import json
from zoneinfo import ZoneInfo

from services.certificates.engine.values import Values

SCHEMA = "urn:emarge:attendance:1"


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
    if values.variant == "realisation" and values.action is not None:
        document["action"] = values.action.model_dump()
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

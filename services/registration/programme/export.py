"""A conference's programme as its organiser writes it: what was imported, and changed since."""

from dataclasses import asdict
from datetime import datetime, time
from typing import Any

import yaml

from services.registration.programme.facts import Conference, Session


def programme_yaml(conference: Conference) -> str:
    """The YAML that imports to this very programme."""
    written = _given(programme_fields(conference))
    text: str = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=96)
    return text


def programme_fields(conference: Conference) -> dict[str, Any]:
    """What its document says, the empty fields too."""
    return {
        "slug": conference.slug,
        "title": conference.title,
        "organiser": conference.organiser,
        "contact_email": conference.contact_email,
        "language": conference.language,
        "timezone": conference.timezone,
        "date": conference.date,
        "venue": conference.venue,
        "address": conference.address,
        "city": conference.city,
        "description": conference.description,
        "access": conference.access,
        "colour": conference.colour,
        "image": conference.image,
        "logo": conference.logo,
        "registration": {
            "opens_at": _moment(conference, conference.opens_at),
            "closes_at": _moment(conference, conference.closes_at),
            "closes_before": conference.closes_before or None,
            "confirm_within": conference.confirm_within or None,
        },
        "attendance": {
            "workshops": conference.workshop_presence,
            "evidence": None
            if conference.presence_evidence == "any"
            else conference.presence_evidence,
            "free_after": conference.free_after,
            "minutes": conference.least_minutes or None,
            "share": conference.least_share or None,
            "sessions": list(conference.counted),
        },
        "privacy": {
            "retention_months": conference.retention_months,
            "data_contact": conference.data_contact,
            "data_note": conference.data_note,
        },
        "sessions": [_session(conference, session) for session in conference.sessions],
    }


def _session(conference: Conference, session: Session) -> dict[str, Any]:
    return {
        "id": session.slug,
        "kind": session.kind,
        "title": session.title,
        "from": _clock(conference, session.starts_at),
        "to": _clock(conference, session.ends_at),
        "room": session.room,
        "venue": session.venue,
        "address": session.address,
        "capacity": session.capacity,
        "required": session.required,
        "description": session.description,
        "speakers": [_given(asdict(speaker)) for speaker in session.speakers],
    }


def _clock(conference: Conference, moment: datetime) -> str:
    """Hours of the day, which after midnight go on from 24."""
    local = moment.astimezone(conference.zone).replace(tzinfo=None)
    since = local - datetime.combine(conference.date, time())
    minutes = int(since.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _moment(conference: Conference, moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(conference.zone).replace(tzinfo=None).isoformat(timespec="minutes")


def _given(value: Any) -> Any:
    """Without what is empty, at any depth."""
    if isinstance(value, dict):
        kept = {name: _given(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list):
        return [_given(each) for each in value]
    return value

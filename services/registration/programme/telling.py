"""A programme as the events tell it."""

from typing import Any, TypeVar

from services.registration.base.links import Links
from services.registration.programme import facts
from services.registration.programme.marked_text import as_plain
from shared.events import registration as events

E = TypeVar("E", bound=events.Programme)


def conference_of(conference: facts.Conference, links: Links) -> events.Conference:
    return events.Conference(
        slug=conference.slug,
        title=conference.title,
        organiser=conference.organiser,
        venue=conference.venue,
        address=conference.address,
        city=conference.city,
        timezone=conference.timezone,
        starts_at=conference.starts_at,
        ends_at=conference.ends_at,
        url=links.conference_url(conference.slug),
        contact_email=conference.contact_email,
    )


def programme(kind: type[E], conference: facts.Conference, links: Links, **extra: Any) -> E:
    """The event of `kind` about this conference as it is now."""
    return kind(
        conference=conference_of(conference, links),
        sessions=sessions_of(conference),
        programme_version=conference.version,
        **extra,
    )


def sessions_of(conference: facts.Conference) -> tuple[events.Session, ...]:
    required = {session.slug for slot in conference.must_choose for session in slot}
    return tuple(
        _session_of(session, required=session.slug in required, counts=conference.counts(session))
        for session in conference.sessions
    )


def _session_of(session: facts.Session, *, required: bool, counts: bool) -> events.Session:
    return events.Session(
        session=session.slug,
        title=session.title,
        kind=session.kind,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        room=session.room,
        venue=session.venue,
        address=session.address,
        description=as_plain(session.description),
        speakers=tuple(events.Speaker(name=s.name, title=s.title) for s in session.speakers),
        chosen=session.is_chosen,
        capacity=session.capacity,
        required=required,
        counts=counts,
    )

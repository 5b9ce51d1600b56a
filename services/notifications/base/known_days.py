"""What the organiser's pages know of a day and its sessions, also before its first event."""

from datetime import datetime

from sqlalchemy import Connection, select

from services.notifications.base import known_programmes
from services.notifications.base.tables import KnownPlace
from shared.events.registration import Conference, Place


def conference_known(connection: Connection, slug: str) -> Conference | None:
    """A conference as it is now, or as the place that was registered last says it."""
    day = known_programmes.read(connection, slug)
    if day.programme:
        return day.programme.conference
    place = connection.execute(
        select(KnownPlace.place)
        .where(KnownPlace.conference == slug, KnownPlace.place.is_not(None))
        .order_by(KnownPlace.registration_id.desc())
        .limit(1)
    ).scalar()
    return Place.model_validate_json(place).conference if place else None


def sessions_known(connection: Connection, slug: str) -> dict[str, str]:
    """The titles of the sessions that people choose, by slug, or as the last registrations say."""
    day = known_programmes.read(connection, slug)
    if day.programme:
        return known_programmes.sessions_of(day.programme)
    places = connection.execute(
        select(KnownPlace.place)
        .where(KnownPlace.conference == slug, KnownPlace.place.is_not(None))
        .order_by(KnownPlace.registration_id.desc())
        .limit(200)
    ).scalars()
    found: dict[str, tuple[datetime, str, str]] = {}
    for place in map(Place.model_validate_json, (place for place in places if place)):
        for seat in place.seats:
            found.setdefault(seat.session, (seat.starts_at, seat.session, seat.title))
    return {session: title for _, session, title in sorted(found.values())}

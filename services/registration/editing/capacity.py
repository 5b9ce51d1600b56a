"""One session's capacity, changed without the rest of the programme."""

from sqlalchemy import select, update

from services.registration.base import tables
from services.registration.base.refusals import AlreadyCancelled, DayClosed, NotFound
from services.registration.base.timers import recount
from services.registration.desk import Desk
from services.registration.editing.rows import capacity_columns
from services.registration.history.acts import SYSTEM, Actor, note
from services.registration.history.versions import keep_version
from services.registration.programme.facts import Session
from services.registration.programme.programmes import bump_version, load_conference_by_id
from services.registration.seats.promoting import promote
from services.registration.seats.restating import restate
from shared.base.transactions import retried


@retried
def set_capacity(
    desk: Desk, slug: str, session_slug: str, capacity: int | None, actor: Actor = SYSTEM
) -> Session:
    """Set the limit of what people choose: 0 closes it, None takes the limit away; whoever it lets
    in is promoted. Raises NotFound, DayClosed, AlreadyCancelled, CapacityBelowTaken."""
    conference = desk.programmes.fresh(slug)
    with desk.database.begin() as connection:
        connection.execute(
            select(tables.Conference.id)
            .where(tables.Conference.id == conference.id)
            .with_for_update()
        )
        connection.execute(
            select(tables.Session.id)
            .where(tables.Session.conference_id == conference.id)
            .order_by(tables.Session.id)
            .with_for_update()
        ).all()
        conference = load_conference_by_id(connection, conference.id)
        session = conference.by_slug.get(session_slug)
        if session is None or not session.is_chosen:
            raise NotFound
        if conference.closed_at is not None:
            raise DayClosed
        if conference.stage == "cancelled":
            raise AlreadyCancelled
        columns = capacity_columns(session, capacity)
        keep_version(connection, conference, SYSTEM)
        bump_version(connection, conference)
        connection.execute(
            update(tables.Session).where(tables.Session.id == session.id).values(**columns)
        )
        after = load_conference_by_id(connection, conference.id)
        keep_version(connection, after, actor)
        note(
            connection,
            actor,
            "programme.changed",
            conference_id=conference.id,
            before={f"{session.slug}.capacity": session.capacity},
            after={f"{session.slug}.capacity": capacity},
        )
        promote(desk, connection, after, [session.id])
        restate(desk, connection, conference, after)
        recount(connection, conference.slug, after.version)
    return desk.programmes.fresh(slug).by_slug[session_slug]

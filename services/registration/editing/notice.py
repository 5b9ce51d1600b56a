"""The notice: telling people what changed since they were last told, once, when it concerns them.

Whoever registered, or was written to, after a change has read the programme as it is: they are
counted from there, so that nobody hears of what they know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select

from services.registration.base import tables
from services.registration.base.links import Links
from services.registration.base.refusals import NothingToTell
from services.registration.desk import Desk
from services.registration.editing.planned import as_planned
from services.registration.editing.rows import SEAT_WITHDRAWN
from services.registration.history.acts import Actor, note
from services.registration.history.tables import Act
from services.registration.history.versions import last_told, mark_told, programme_of, versions
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference, lock_conference
from services.registration.programme.telling import programme
from shared.base.transactions import retried
from shared.events.differences import differences, noticed
from shared.events.registration import ConferenceChanged, Difference, Programme

_LIVING = (tables.Registration.status != "cancelled", tables.Registration.erased_at.is_(None))


@dataclass(frozen=True)
class Untold:
    """What people have not been told of yet, and how many of them it concerns."""

    differences: tuple[Difference, ...] = ()
    people: int = 0


def read_untold(connection: Connection, conference: Conference, links: Links) -> Untold:
    """As the programme is now; nothing of a draft, or of a day cancelled or closed."""
    if conference.stage != "published" or conference.closed_at is not None:
        return Untold()
    told = last_told(connection, conference.id)
    found = _since(connection, conference, told, links)
    people = sum(_concerned(connection, conference, told, links)) if found else 0
    return Untold(found, people)


@retried
def give_notice(desk: Desk, slug: str, actor: Actor, words: str = "") -> int:
    """Tell everybody concerned, with the organiser's words; how many. Raises NothingToTell."""
    with desk.database.begin() as connection:
        conference = lock_conference(connection, load_conference(connection, slug).id)
        untold = read_untold(connection, conference, desk.links)
        if not untold.people:
            raise NothingToTell
        tell(desk, connection, conference, untold, actor, words)
        return untold.people


def tell(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    untold: Untold,
    actor: Actor,
    words: str,
) -> None:
    """Say so to every service, in the caller's transaction; from here on people count as told."""
    told = programme(
        ConferenceChanged,
        conference,
        desk.links,
        differences=untold.differences,
        tell=True,
        note=words,
    )
    desk.log.append(connection, told)
    kept = versions(connection, conference.id)[0].number
    mark_told(connection, conference.id, kept, untold.people, words)
    note(
        connection,
        actor,
        "notice.given",
        conference_id=conference.id,
        after={"people": untold.people, "note": words},
    )


def _since(
    connection: Connection, conference: Conference, number: int, links: Links
) -> tuple[Difference, ...]:
    """What people notice of everything since a version."""
    before = _as_told(connection, conference, number, links)
    now = programme(Programme, conference, links)
    return noticed(differences(before, now))


def _as_told(
    connection: Connection, conference: Conference, number: int, links: Links
) -> Programme:
    """The newest version that was kept at that number or before."""
    kept = [version.number for version in versions(connection, conference.id)]
    at = max((each for each in kept if each <= number), default=min(kept, default=0))
    if not at:
        return programme(Programme, conference, links)
    document = programme_of(connection, conference.id, at)
    return programme(Programme, as_planned(document, conference), links)


def _concerned(
    connection: Connection, conference: Conference, told: int, links: Links
) -> Iterator[int]:
    """How many people each group has whose newest programme was the same one."""
    own = tables.Registration.programme_version
    known = case((own > told, own), else_=told)
    since = _saved_at(connection, conference, told)
    mine = (tables.Registration.conference_id == conference.id, *_LIVING)
    for (number,) in connection.execute(select(known).where(*mine).distinct()).all():
        if number >= conference.version:
            continue
        found = _since(connection, conference, number, links)
        if found:
            yield connection.execute(
                select(func.count())
                .select_from(tables.Registration)
                .where(*mine, known == number, *_hears_of(conference, found, since))
            ).scalar_one()


def _saved_at(connection: Connection, conference: Conference, number: int) -> datetime:
    """When people were last told, or when the first version was kept."""
    kept = versions(connection, conference.id)
    moments = [each.told_at or each.saved_at for each in kept if each.number <= number]
    return max(moments, default=conference.starts_at)


def _hears_of(
    conference: Conference, found: tuple[Difference, ...], since: datetime
) -> Iterator[ColumnElement[bool]]:
    """Everybody hears of the day and of what all attend, others of the sessions they chose."""
    slugs = {each.session for each in found}
    if None in slugs or any(
        session.slug in slugs and not session.is_chosen for session in conference.sessions
    ):
        return
    chosen = exists().where(
        tables.Seat.registration_id == tables.Registration.id,
        tables.Seat.session_id == tables.Session.id,
        tables.Session.conference_id == conference.id,
        tables.Session.slug.in_(slugs),
    )
    # A session that is gone has no seats any more: its withdrawal was written down for each.
    withdrawn = exists().where(
        Act.registration_id == tables.Registration.id,
        Act.what == SEAT_WITHDRAWN,
        Act.at > since,
    )
    yield or_(chosen, withdrawn)

"""The notice: telling people what changed since they were last told, once, when it concerns them.

Whoever registered, or was written to, after a change has read the programme as it is: they are
counted from there, so that nobody hears of what they know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select

from services.registration.base import tables
from services.registration.base.links import Links
from services.registration.base.refusals import NothingToTell
from services.registration.desk import Desk
from services.registration.editing.planned import as_planned
from services.registration.editing.rows import SEAT_WITHDRAWN
from services.registration.history.acts import Actor, note
from services.registration.history.tables import Act
from services.registration.history.versions import (
    Version,
    last_told,
    mark_told,
    programme_of,
    versions,
)
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference, lock_conference
from services.registration.programme.telling import programme
from shared.base.transactions import retried
from shared.events.differences import concerns, differences, noticed
from shared.events.registration import ConferenceChanged, Difference, Programme

_LIVING = (tables.Registration.status != "cancelled", tables.Registration.erased_at.is_(None))


@dataclass(frozen=True)
class Untold:
    """What people have not been told of yet, and how many of them it concerns."""

    differences: tuple[Difference, ...] = ()
    people: int = 0


def read_untold(connection: Connection, conference: Conference, links: Links) -> Untold:
    """As the programme is now; nothing of a draft, or of a day cancelled or closed."""
    return _untold(_Since(connection, conference, conference, links))


def foresee(
    connection: Connection, before: Conference, planned: Conference, links: Links
) -> Untold:
    """What there would be to tell once this programme is saved; who takes part is as it is now."""
    after = replace(planned, version=before.version + 1)
    return _untold(_Since(connection, before, after, links))


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


@dataclass(frozen=True)
class _Since:
    """Reads what people notice between a version that they know and `after`. `before` is the day as
    it is saved now."""

    connection: Connection
    before: Conference
    after: Conference
    links: Links

    @cached_property
    def kept(self) -> Sequence[Version]:
        return versions(self.connection, self.after.id)

    @cached_property
    def now(self) -> Programme:
        return programme(Programme, self.after, self.links)

    def as_told(self, number: int) -> Programme:
        """The newest version that was kept at that number or before."""
        kept = [version.number for version in self.kept]
        at = max((each for each in kept if each <= number), default=min(kept, default=0))
        if not at:
            return programme(Programme, self.before, self.links)
        document = programme_of(self.connection, self.after.id, at)
        return programme(Programme, as_planned(document, self.before), self.links)

    def noticed(self, number: int) -> tuple[Difference, ...]:
        return noticed(differences(self.as_told(number), self.now))

    def is_everybody_s(self, number: int, found: tuple[Difference, ...]) -> bool:
        """Whether something is of the day, or of what all attend, before or after."""
        both = (self.as_told(number), self.now)
        return any(concerns(each, state, ()) for each in found for state in both)

    def saved_at(self, number: int) -> datetime:
        """When people were last told, or when the first version was kept."""
        moments = [each.told_at or each.saved_at for each in self.kept if each.number <= number]
        return max(moments, default=self.after.starts_at)


def _untold(since: _Since) -> Untold:
    if since.after.stage != "published" or since.after.closed_at is not None:
        return Untold()
    told = last_told(since.connection, since.after.id)
    found = since.noticed(told)
    return Untold(found, sum(_concerned(since, told)) if found else 0)


def _concerned(since: _Since, told: int) -> Iterator[int]:
    """How many people each group has whose newest programme was the same one."""
    own = tables.Registration.programme_version
    known = case((own > told, own), else_=told)
    mine = (
        tables.Registration.conference_id == since.after.id,
        tables.Registration.email != "",  # whoever has no address is not told
        *_LIVING,
    )
    execute = since.connection.execute
    for (number,) in execute(select(known).where(*mine).distinct()).all():
        if number >= since.after.version:
            continue
        found = since.noticed(number)
        if found:
            whom = () if since.is_everybody_s(number, found) else _hear_of(since, found, told)
            yield execute(
                select(func.count())
                .select_from(tables.Registration)
                .where(*mine, known == number, *whom)
            ).scalar_one()


def _hear_of(
    since: _Since, found: tuple[Difference, ...], told: int
) -> tuple[ColumnElement[bool], ...]:
    """Those who chose one of the sessions, or did until it went."""
    chosen = exists().where(
        tables.Seat.registration_id == tables.Registration.id,
        tables.Seat.session_id == tables.Session.id,
        tables.Session.conference_id == since.after.id,
        tables.Session.slug.in_({each.session for each in found}),
    )
    # A session that is gone has no seats any more: its withdrawal was written down for each.
    withdrawn = exists().where(
        Act.registration_id == tables.Registration.id,
        Act.what == SEAT_WITHDRAWN,
        Act.at > since.saved_at(told),
    )
    return (or_(chosen, withdrawn),)

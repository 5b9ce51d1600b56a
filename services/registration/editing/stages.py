"""What becomes of a day: a draft is published, taken back while nobody is registered, deleted; a
published day is cancelled, once and for good."""

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update

from services.registration.access.token_conferences import narrow_tokens
from services.registration.base import tables
from services.registration.base.refusals import (
    AlreadyCancelled,
    DayClosed,
    Fault,
    HasPeople,
    Invalid,
    NotADraft,
)
from services.registration.base.timers import recount, take_closing_back
from services.registration.batches.tables import Batch, BatchItem
from services.registration.desk import Desk
from services.registration.history.acts import Actor, note
from services.registration.history.tables import ProgrammeVersion
from services.registration.pictures.tables import Picture
from services.registration.programme import telling
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import (
    bump_version,
    load_conference,
    load_conference_by_id,
    lock_conference,
)
from services.registration.seats.tables import Answer
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import ConferenceCancelled, ConferenceDeleted, ConferencePublished

_LONGEST_REASON = 1000


@retried
def publish(desk: Desk, slug: str, actor: Actor) -> Conference:
    """Give a draft its public page; again is harmless. Raises AlreadyCancelled."""
    with desk.database.begin() as connection:
        conference = _locked(connection, slug)
        if conference.stage == "cancelled":
            raise AlreadyCancelled
        if conference.stage == "draft":
            bump_version(connection, conference)
            conference = load_conference_by_id(connection, conference.id)
            make_public(desk, connection, conference, actor)
            recount(connection, slug, conference.version)
    return desk.programmes.fresh(slug)


@retried
def unpublish(desk: Desk, slug: str, actor: Actor) -> Conference:
    """Take a published day back to a draft. Raises HasPeople, AlreadyCancelled, DayClosed."""
    with desk.database.begin() as connection:
        conference = _locked(connection, slug)
        bump_version(connection, conference)
        take_back(connection, load_conference_by_id(connection, conference.id), actor)
    return desk.programmes.fresh(slug)


@retried
def delete_draft(desk: Desk, slug: str, actor: Actor) -> None:
    """Nothing is left of it but that it was there, and who deleted it. Raises NotADraft,
    HasPeople."""
    with desk.database.begin() as connection:
        conference = _locked(connection, slug)
        if conference.stage != "draft":
            raise NotADraft
        if _has_people(connection, conference):
            raise HasPeople
        batches = select(Batch.id).where(Batch.conference_id == conference.id)
        connection.execute(delete(BatchItem).where(BatchItem.batch_id.in_(batches)))
        for table in (ProgrammeVersion, Picture, Batch, tables.Member, Answer, tables.Session):
            connection.execute(delete(table).where(table.conference_id == conference.id))
        narrow_tokens(connection, conference.id)
        connection.execute(
            update(tables.ApiToken)
            .where(tables.ApiToken.conference_id == conference.id)
            .values(conference_id=None, revoked_at=now())
        )
        connection.execute(delete(tables.Conference).where(tables.Conference.id == conference.id))
        take_closing_back(connection, slug)
        note(connection, actor, "programme.deleted", before={"slug": slug})
        desk.log.append(connection, ConferenceDeleted(conference=slug))
    desk.programmes.forget(slug)


@retried
def cancel_day(desk: Desk, slug: str, reason: str, actor: Actor) -> int:
    """The day does not take place: nobody registers or is promoted any more, everybody who is
    confirmed or waiting is told once; how many. It cannot be undone.

    Raises Invalid without a reason, AlreadyCancelled, DayClosed.
    """
    words = reason.strip()
    if not words:
        raise Invalid([Fault("/reason", "Say why: people will read it.")])
    if len(words) > _LONGEST_REASON:
        raise Invalid([Fault("/reason", "Please use at most 1000 characters.")])
    with desk.database.begin() as connection:
        conference = _locked(connection, slug)
        if conference.closed_at is not None:
            raise DayClosed
        if conference.stage == "cancelled":
            raise AlreadyCancelled
        bump_version(connection, conference)
        connection.execute(
            update(tables.Conference)
            .where(tables.Conference.id == conference.id)
            .values(stage="cancelled", cancelled_at=now(), cancel_reason=words)
        )
        conference = load_conference_by_id(connection, conference.id)
        people = count_told(connection, conference.id)
        said = telling.programme(ConferenceCancelled, conference, desk.links, reason=words)
        desk.log.append(connection, said)
        note(
            connection,
            actor,
            "day.cancelled",
            conference_id=conference.id,
            after={"people": people},
            reason=words,
        )
        take_closing_back(connection, slug)
        recount(connection, slug, conference.version)
    return people


def make_public(
    desk: Desk, connection: Connection, conference: Conference, actor: Actor
) -> Conference:
    """Publish in the caller's transaction; returns the day as it is then."""
    _set_stage(connection, conference, "published")
    conference = load_conference_by_id(connection, conference.id)
    said = telling.programme(ConferencePublished, conference, desk.links)
    desk.log.append(connection, said)
    note(connection, actor, "programme.published", conference_id=conference.id)
    return conference


def take_back(connection: Connection, conference: Conference, actor: Actor) -> Conference:
    """Make a published day a draft again in the caller's transaction. Raises HasPeople,
    AlreadyCancelled, DayClosed."""
    if conference.closed_at is not None:
        raise DayClosed
    if conference.stage == "cancelled":
        raise AlreadyCancelled
    if _has_people(connection, conference):
        raise HasPeople
    if conference.stage == "published":
        _set_stage(connection, conference, "draft")
        note(connection, actor, "programme.unpublished", conference_id=conference.id)
    return load_conference_by_id(connection, conference.id)


def _locked(connection: Connection, slug: str) -> Conference:
    connection.execute(
        select(tables.Conference.id).where(tables.Conference.slug == slug).with_for_update()
    )
    return lock_conference(connection, load_conference(connection, slug).id)


def _set_stage(connection: Connection, conference: Conference, stage: str) -> None:
    connection.execute(
        update(tables.Conference).where(tables.Conference.id == conference.id).values(stage=stage)
    )


def _has_people(connection: Connection, conference: Conference) -> bool:
    anybody = exists().where(tables.Registration.conference_id == conference.id)
    return bool(connection.execute(select(anybody)).scalar_one())


def count_living(connection: Connection, conference_id: int) -> int:
    """How many people are confirmed or waiting."""
    return _count(connection, conference_id)


def count_told(connection: Connection, conference_id: int) -> int:
    """How many of those hear of what becomes of the day: who has no address does not."""
    return _count(connection, conference_id, tables.Registration.email != "")


def _count(connection: Connection, conference_id: int, *only: ColumnElement[bool]) -> int:
    count: int = connection.execute(
        select(func.count())
        .select_from(tables.Registration)
        .where(
            tables.Registration.conference_id == conference_id,
            tables.Registration.status != "cancelled",
            tables.Registration.erased_at.is_(None),
            *only,
        )
    ).scalar_one()
    return count

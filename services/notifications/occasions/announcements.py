"""Messages of an organiser to a group: written, sent once to each, and followed.

Sending files one job for each person, page by page, in the lane that delays nothing else. A job's
key is made of the message and the person, so whoever files twice files one; its event's id is that
key, so whoever handles it twice sends one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from services.notifications.base.tables import Announcement, KnownPlace
from services.notifications.occasions.audiences import CONFIRMED, group
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import TIMER, Lane, receive, schedule
from shared.events import Kind, Payload, new_event

PAGE = 500
_NAMES = UUID("5b0c6c6e-6f0a-4b1e-9c63-8a1f3f2f9d51")  # of the events of announcements


class AnnouncementSent(Payload):
    """A message is to be filed for whoever of its group comes after `after`."""

    type: ClassVar[str] = "notifications.announcement-sent"
    announcement_id: int
    after: str = ""
    filed: int = 0


class AnnouncementDue(Payload):
    """One person of the group is to have the message."""

    type: ClassVar[str] = "notifications.announcement-due"
    announcement_id: int
    registration_id: str


LANES: dict[Kind, Lane] = {(AnnouncementDue.type, AnnouncementDue.version): "bulk"}


@dataclass(frozen=True)
class Draft:
    subject: str = ""
    body: str = ""
    audience: str = CONFIRMED


@retried
def save(
    database: Database, conference: str, number: int | None, draft: Draft, writer: str
) -> int | None:
    """The draft's number, a new one when it has none; None when it is sent, or not there."""
    values = {
        "subject": draft.subject,
        "body": draft.body,
        "audience": draft.audience,
        "written_by": writer,
        "written_at": now(),
    }
    with database.begin() as connection:
        if number is None:
            made = insert(Announcement).values(conference=conference, **values)
            return connection.execute(made.returning(Announcement.id)).scalar_one()
        changed = update(Announcement).where(*_unsent(conference, number)).values(**values)
        return number if connection.execute(changed).rowcount else None


@retried
def send(database: Database, conference: str, number: int) -> bool:
    """Begin; False when it was begun before."""
    with database.begin() as connection:
        begun = connection.execute(
            update(Announcement)
            .where(*_unsent(conference, number))
            .values(sent_at=now())
            .returning(Announcement.audience)
        ).scalar()
        if begun is None:
            return False
        _expect(connection, number, size(connection, conference, begun))
        _file_on(connection, AnnouncementSent(announcement_id=number))
        return True


@retried
def discard(database: Database, conference: str, number: int) -> None:
    """Throw a draft away."""
    with database.begin() as connection:
        connection.execute(delete(Announcement).where(*_unsent(conference, number)))


def discard_all(connection: Connection, conference: str, until: datetime) -> None:
    """Every draft that was written until then."""
    of_day = Announcement.conference == conference, Announcement.written_at <= until
    connection.execute(delete(Announcement).where(*of_day, Announcement.sent_at.is_(None)))


def file_page(connection: Connection, sent: AnnouncementSent) -> None:
    """File the jobs of the next people of the group, and go on after them."""
    found = read(connection, sent.announcement_id)
    if found is None:
        return
    page = list(
        connection.execute(
            select(KnownPlace.registration_id)
            .where(*group(connection, found.conference, found.audience))
            .where(KnownPlace.registration_id > sent.after)
            .order_by(KnownPlace.registration_id)
            .limit(PAGE)
        ).scalars()
    )
    receive(connection, TIMER, [_envelope(found.id, person) for person in page], LANES)
    filed = sent.filed + len(page)
    if len(page) == PAGE:
        rest = AnnouncementSent(announcement_id=found.id, after=page[-1], filed=filed)
        _file_on(connection, rest)
    else:
        _expect(connection, found.id, filed)


def read(connection: Connection, number: int, conference: str | None = None) -> Row[Any] | None:
    statement = select(*Announcement.__table__.columns).where(Announcement.id == number)
    if conference is not None:
        statement = statement.where(Announcement.conference == conference)
    return connection.execute(statement).one_or_none()


def listed(connection: Connection, conference: str) -> Sequence[Row[Any]]:
    """Newest first."""
    return connection.execute(
        select(*Announcement.__table__.columns)
        .where(Announcement.conference == conference)
        .order_by(Announcement.id.desc())
        .limit(200)
    ).all()


def size(connection: Connection, conference: str, audience: str) -> int:
    """How many people the group has now."""
    return connection.execute(
        select(func.count()).select_from(KnownPlace).where(*group(connection, conference, audience))
    ).scalar_one()


def belongs(connection: Connection, conference: str, audience: str, registration_id: str) -> bool:
    """Whether somebody is still of the group."""
    found = select(KnownPlace.registration_id).where(
        *group(connection, conference, audience), KnownPlace.registration_id == registration_id
    )
    return connection.execute(found).first() is not None


def _unsent(conference: str, number: int) -> list[ColumnElement[bool]]:
    return [
        Announcement.id == number,
        Announcement.conference == conference,
        Announcement.sent_at.is_(None),
    ]


def _expect(connection: Connection, number: int, recipients: int) -> None:
    """How many emails it is: as the group was when it was sent, then as it was filed."""
    connection.execute(
        update(Announcement).where(Announcement.id == number).values(recipients=recipients)
    )


def _file_on(connection: Connection, rest: AnnouncementSent) -> None:
    schedule(
        connection,
        rest,
        key=f"announcement:{rest.announcement_id}:{rest.after}",
        at=now(),
        lane="bulk",
    )


def _envelope(number: int, registration_id: str) -> dict[str, Any]:
    due = AnnouncementDue(announcement_id=number, registration_id=registration_id)
    identity = uuid5(_NAMES, f"{number}:{registration_id}")
    return new_event(TIMER, due, subject=registration_id, id=identity).model_dump(mode="json")

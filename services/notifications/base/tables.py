"""The delivery log, what is known of each registration, and what organisers write.

`delivery` has one row for each email there was a reason to send: whatever is handled twice, or
replayed, finds its row and sends nothing. `known_place` is the newest place of each registration
and what its calendar was told, for reminders and for taking entries out again. `known_conference`
is the day as it is now, of which every email is made; `known_programme` keeps what it was before,
to say what differs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import UtcDateTime


class Base(DeclarativeBase):
    """The tables of notifications, beside the spine's."""


class Delivery(Base):
    """One email: `sending` → `sent`, `ambiguous` (nobody knows) or `failed`; or `skipped`. Before
    that it may be `held` for a time."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    event_id: Mapped[str] = mapped_column(unique=True)
    job_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    conference: Mapped[str] = mapped_column(default="")  # its slug
    registration_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    announcement_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    recipient: Mapped[str]
    address_key: Mapped[str] = mapped_column(default="", server_default="", index=True)
    name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")  # as it was sent; older ones have none
    sought: Mapped[str] = mapped_column(Text, default="")  # shared/words/folding.py
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]  # a code of `reasons`, when it was not sent for certain
    words: Mapped[str] = mapped_column(Text)  # the mail server's
    programme_version: Mapped[int | None]  # that a notice tells
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KnownPlace(Base):
    """The newest place of a registration; nothing personal is left once `erased_at` is set."""

    __tablename__ = "known_place"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(default="")  # its slug
    status: Mapped[str] = mapped_column(default="")
    seats: Mapped[str] = mapped_column(Text, default="")  # " held:atelier-1 waiting:atelier-2 "
    present: Mapped[bool] = mapped_column(default=False)
    came_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when first seen
    came_said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by an event of this moment
    revision: Mapped[int]
    place: Mapped[str | None] = mapped_column(Text)  # JSON of shared.events.registration.Place
    calendar: Mapped[str] = mapped_column(Text)  # JSON of the entries the person may have
    reminders: Mapped[bool] = mapped_column(default=True)
    told: Mapped[int] = mapped_column(default=0)  # the programme version of the last notice
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConfirmedAddress(Base):
    """An address to which a link was sent that was opened, as the registration had it then."""

    __tablename__ = "confirmed_address"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(index=True)


class KnownConference(Base):
    """A conference as it is now. The row is there, empty, before its first event is: whoever writes
    about the day locks it."""

    __tablename__ = "known_conference"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    programme: Mapped[str | None] = mapped_column(Text)  # JSON of shared.events.registration
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone: Mapped[str] = mapped_column(Text, default="{}")  # session: last version without it
    notice: Mapped[int] = mapped_column(default=0)  # the version that people were last to be told
    notice_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled: Mapped[str | None] = mapped_column(Text)  # the reason
    reminded_for: Mapped[str] = mapped_column(default="")  # the date that its reminders go by


class KnownProgramme(Base):
    """A conference at one version, with what people were told of it then."""

    __tablename__ = "known_programme"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(Text)
    differences: Mapped[str] = mapped_column(Text, default="[]")  # to what was told before
    note: Mapped[str] = mapped_column(Text, default="")  # the organiser's words


class Announcement(Base):
    """A message of the organiser to a group: a draft until `sent_at`, then filed to its group."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    conference: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[str]  # as in occasions.audiences
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recipients: Mapped[int | None]  # how many emails it is


class Wording(Base):
    """A version of what the emails of a kind say in a language; an empty text is the shipped one.

    `failure` is why it could not be used; the shipped one was sent instead, `failures` times.
    """

    __tablename__ = "wording"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    conference: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(default=0)


def table_of(mapped: type[Base]) -> Table:
    """The table itself: statements on it cost half of those on the class."""
    table: Table = mapped.metadata.tables[mapped.__tablename__]
    return table


def insert_for(dialect: str, table: Table) -> Any:
    """An INSERT that takes `.on_conflict_do_nothing()`, to be built once for a database's kind."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)

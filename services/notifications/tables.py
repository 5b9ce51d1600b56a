"""The delivery log, and what is known of each registration.

`delivery` has one row for each email there was a reason to send: whatever is handled twice, or
replayed, finds its row and sends nothing. `known_place` is the newest place of each registration
and what its calendar was told, for reminders and for taking entries out again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import UtcDateTime


class Base(DeclarativeBase):
    """The tables of notifications, beside the spine's."""


class Delivery(Base):
    """One email: `sending` → `sent`, `ambiguous` (nobody knows) or `failed`; or `skipped`."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    event_id: Mapped[str] = mapped_column(unique=True)
    registration_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KnownPlace(Base):
    """The newest place of a registration; nothing personal is left once `erased_at` is set."""

    __tablename__ = "known_place"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    place: Mapped[str | None] = mapped_column(Text)  # JSON of shared.events.registration.Place
    calendar: Mapped[str] = mapped_column(Text)  # JSON of the entries the person may have
    reminders: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def table_of(mapped: type[Base]) -> Table:
    """The table itself: statements on it cost half of those on the class."""
    table: Table = mapped.metadata.tables[mapped.__tablename__]
    return table


def insert_for(dialect: str, table: Table) -> Any:
    """An INSERT that takes `.on_conflict_do_nothing()`, to be built once for a database's kind."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)

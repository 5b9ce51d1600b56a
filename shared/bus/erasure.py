"""Who was erased: the subjects of whom nothing personal is filed or published here any more.

What is written of a subject while their erasure is filed would slip between the two. So whoever
files holds this shared, whoever erases alone, each in a statement before the one that looks: a
statement sees what was committed when it began. SQLite has one writer and needs none.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import INSERTS, UtcDateTime
from shared.bus.tables import Base
from shared.events import Event, Payload

_LOCK = 0x657261736564  # "erased"; any number will do, as long as it is always the same


class ErasedSubject(Base):
    __tablename__ = "erased_subject"

    subject: Mapped[str] = mapped_column(primary_key=True)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)


ERASED: Table = Base.metadata.tables[ErasedSubject.__tablename__]


def remember(connection: Connection, subjects: Collection[str]) -> None:
    """From here on, and until the end of the transaction alone: whoever files comes before or
    after."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)
    rows = [{"subject": subject, "filed_at": now()} for subject in subjects]
    connection.execute(_REMEMBER[connection.dialect.name], rows)


def erased_among(connection: Connection, subjects: Collection[str]) -> set[str]:
    """Those that were erased; until the end of the transaction no other will be."""
    if not subjects:
        return set()
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARED)
    return set(connection.execute(_AMONG, {"subjects": list(subjects)}).scalars())


def is_of_erased(connection: Connection, event: Event[Payload]) -> bool:
    """Whether it is about somebody erased, also since whoever asks has read it; until the end of
    the transaction nobody else will be."""
    subjects = [event.subject] if event.subject else []
    return event.redacted or bool(erased_among(connection, subjects))


_ALONE = select(func.pg_advisory_xact_lock(_LOCK))
_SHARED = select(func.pg_advisory_xact_lock_shared(_LOCK))
_REMEMBER = {name: insert(ERASED).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_AMONG = select(ERASED.c.subject).where(ERASED.c.subject.in_(bindparam("subjects", expanding=True)))

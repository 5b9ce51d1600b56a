"""The tables of the event log: `shared.bus.eventlog` says what they are for."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.database import UtcDateTime
from shared.bus.tables import Base


class LogHead(Base):
    """One row: how far positions have been given out, and which log this is."""

    __tablename__ = "log_head"

    one: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger)


class LoggedEvent(Base):
    __tablename__ = "event"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    subject: Mapped[str | None] = mapped_column(index=True)
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    envelope: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index(
            "event_unpositioned",
            "number",
            postgresql_where=position.is_(None),
            sqlite_where=position.is_(None),
        ),
    )

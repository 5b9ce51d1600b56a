"""The rows of the inbox: jobs, and the flows that they take turns by."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Integer, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.database import UtcDateTime
from shared.bus.tables import Base

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class JobRow(Base):
    """One event to act on, and how far that got."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    position: Mapped[int | None] = mapped_column(BigInteger)
    type: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    subject: Mapped[str | None]
    lane: Mapped[str]
    flow: Mapped[str | None]
    envelope: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    step: Mapped[str | None]
    forced: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class FlowRow(Base):
    """On whose behalf jobs of a lane are done, and when one of them was last claimed."""

    __tablename__ = "flow"

    lane: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    served_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NEVER)


# The table itself: statements on it cost half of those on the class.
JOBS: Table = Base.metadata.tables[JobRow.__tablename__]
FLOWS: Table = Base.metadata.tables[FlowRow.__tablename__]

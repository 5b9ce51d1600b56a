"""What was answered to those who registered, and who hopes for a seat at a door."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base
from shared.base.database import UtcDateTime


class Answer(Base):
    """What was answered to a request that came with an Idempotency-Key."""

    __tablename__ = "answer"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    registration_id: Mapped[str | None] = mapped_column(index=True)
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Standby(Base):
    """Somebody and a session that has begun without them in their seat: they waited for it until
    then (`ticket`), held a seat that was freed as they were absent (`freed_at`), stand at its door
    (`asked_at`), were let in (`let_in_at`); `over` when no seat was free any more."""

    __tablename__ = "standby"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True, index=True)
    ticket: Mapped[int | None] = mapped_column(BigInteger)
    freed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    let_in_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    over: Mapped[bool] = mapped_column(default=False)

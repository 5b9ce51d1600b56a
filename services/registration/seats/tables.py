"""What was answered to those who registered."""

import datetime as dt

from sqlalchemy import ForeignKey, Text
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

"""What is kept of a batch: what was asked for, and one item for each thing to do."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base
from shared.base.database import UtcDateTime

_JSON = JSON(none_as_null=True)


class Batch(Base):
    """Asked for by one organiser. Not started it is a draft: nothing has been done yet."""

    __tablename__ = "batch"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    kind: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    requested_by: Mapped[str]
    requested_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class BatchItem(Base):
    """One thing to do. `given` is what a file said of a person who is not registered yet; it goes
    once they are. `reasons` say why it was refused, for a page to put into words."""

    __tablename__ = "batch_item"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[str | None]
    given: Mapped[dict[str, Any] | None] = mapped_column(_JSON)
    outcome: Mapped[str | None]
    reasons: Mapped[list[Any] | None] = mapped_column(_JSON)

    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'waitlisted', 'refused')", name="batch_item_outcome"),
    )

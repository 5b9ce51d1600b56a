"""What a programme was, and who did what: rows are only added."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import BIG_KEY, Base
from shared.base.database import UtcDateTime


class ProgrammeVersion(Base):
    """A programme as it was saved; the conference is the newest. `told_at`: when people were told
    of it, and how many."""

    __tablename__ = "programme_version"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)  # the YAML that imports to it
    actor_kind: Mapped[str]
    actor_name: Mapped[str]
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    told_people: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)


class Act(Base):
    """Who did what, when, and what it changed. Rows are only added; an erased person's are blanked.
    They refer to nothing, so that they outlive what they tell of."""

    __tablename__ = "act"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True, autoincrement=True)
    conference_id: Mapped[int | None]
    registration_id: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str]
    actor_name: Mapped[str]
    what: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("act_of_conference", "conference_id", "id"),
        Index("act_of_registration", "registration_id", "id"),
    )

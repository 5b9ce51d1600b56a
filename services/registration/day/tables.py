"""Presence that was written down, or signed for, beside the scans."""

import datetime as dt

from sqlalchemy import ForeignKey, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base
from shared.base.database import UtcDateTime


class WrittenPresence(Base):
    """Presence at a session as an organiser wrote it: it stands in place of what scans say. As it
    was written: clipped to the session when it is read. Without times: the person was not there."""

    __tablename__ = "written_presence"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True, index=True)
    starts_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str]
    actor_name: Mapped[str]
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SignedPresence(Base):
    """Presence at a session that the person signed for, on a sheet of a service that keeps such
    evidence; as it was said, clipped to the session when it is read. Without times: it proves
    nothing any more. `entry` is the newest that the sheet said. `written`: nobody signed, an
    organiser wrote it down there."""

    __tablename__ = "signed_presence"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True, index=True)
    sheet: Mapped[str] = mapped_column(primary_key=True)
    entry: Mapped[int]
    starts_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    written: Mapped[bool] = mapped_column(server_default=false())

"""What is kept of lists: how files of a shape were read, and of no person in them."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base
from shared.base.database import UtcDateTime


class RememberedColumns(Base):
    """What somebody said that the columns of files of one shape are: fields by place. The shape is
    a fingerprint of the headings; they themselves are not kept."""

    __tablename__ = "remembered_columns"

    shape: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_kind: Mapped[str]
    actor_name: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

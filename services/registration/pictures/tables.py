"""Where pictures lie: in the database, for what refers to them is there."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base


class Picture(Base):
    """One size of a picture of a conference's page, as WebP. `name` is made of its content, so what
    it names never changes."""

    __tablename__ = "picture"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)  # pixels that are promised: see sizes.py
    kind: Mapped[str]  # image, logo or portrait
    content: Mapped[bytes] = mapped_column(LargeBinary)

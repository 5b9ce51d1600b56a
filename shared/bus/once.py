"""What may be used once: that it was, until it would be too old anyway."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import UtcDateTime, upsert
from shared.bus.tables import Base


class Spent(Base):
    """`name` is a hash: what was used may have been a key."""

    __tablename__ = "spent"

    name: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


def spend(connection: Connection, thing: str, until: datetime) -> bool:
    """Use something that is good until then; whether it had not been used before."""
    connection.execute(delete(Spent).where(Spent.until < now()))
    name = sha256(thing.encode()).hexdigest()
    statement = upsert(connection, Spent).values(name=name, until=until).on_conflict_do_nothing()
    return connection.execute(statement.returning(Spent.name)).first() is not None

"""What was taken away: the sign-ins, roles and tokens that no longer count, as publishers said.

It is noted as the event is filed, by the intake: no worker has to be free for it. Where it is not
known yet, whoever writes asks the one who knows (shared.http.standing).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import UtcDateTime, upsert
from shared.bus.tables import Base

EVERYWHERE = ""
KEPT = timedelta(days=2)  # longer than anything that was opened before can still be open


class EndedAccess(Base):
    """`holder` is a sign-in, a person with a role, or a token: `session:…`, `organiser:12`. What
    it was given before `ended_at` counts no longer, for one conference or everywhere."""

    __tablename__ = "ended_access"

    holder: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


def note_ended(connection: Connection, facts: Sequence[dict[str, Any]]) -> None:
    """`facts` are the data of such events (shared.events.registration.AccessEnded)."""
    if not facts:
        return
    connection.execute(delete(EndedAccess).where(EndedAccess.ended_at < now() - KEPT))
    statement = upsert(connection, EndedAccess)
    statement = statement.on_conflict_do_update(
        index_elements=["holder", "conference"], set_={"ended_at": statement.excluded.ended_at}
    )
    for fact in facts:
        row = {
            "holder": fact["holder"],
            "conference": fact.get("conference") or EVERYWHERE,
            "ended_at": datetime.fromisoformat(fact["ended_at"]),
        }
        connection.execute(statement, row)


def has_ended(
    connection: Connection, holders: Sequence[str], conference: str, given_at: datetime
) -> bool:
    """Whether what one of them was given then, for that conference, has been taken away since."""
    found = connection.execute(
        _ENDED, {"holders": list(holders), "slugs": [conference, EVERYWHERE], "given_at": given_at}
    )
    return found.first() is not None


_ENDED = select(EndedAccess.holder).where(
    EndedAccess.holder.in_(bindparam("holders", expanding=True)),
    EndedAccess.conference.in_(bindparam("slugs", expanding=True)),
    EndedAccess.ended_at >= bindparam("given_at"),
)

"""What was done that stands in no chain, with who did it: half of a sheet's history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from services.sheets.base.tables import Act
from shared.base.clock import now


def record(
    connection: Connection,
    conference: str,
    what: str,
    *,
    actor_kind: str,
    actor: str,
    said: Mapping[str, Any],
) -> None:
    """`what` is a dotted word (choice.made, tablet.made, host.named, bundle.asked); `said` names
    nobody, since it cannot be taken out."""
    connection.execute(
        insert(Act).values(
            conference=conference,
            at=now(),
            actor_kind=actor_kind,
            actor=actor,
            what=what,
            said=said,
        )
    )

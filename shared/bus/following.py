"""The job that a worker goes on with, claimed in the transaction that completes the one before."""

from collections.abc import Callable
from datetime import timedelta
from threading import get_ident
from typing import Any

from sqlalchemy import Connection

from shared.base.clock import now
from shared.base.database import Database, after_commit
from shared.bus.inbox import JOBS, Lane
from shared.bus.lease import CLAIM_WAITING, Lease, lease_of

_CLAIM_NEXT = CLAIM_WAITING.where(JOBS.c.flow.is_(None))


class Following:
    """The job of a lane that a worker goes on with, claimed in the transaction that completes the
    one before, as long as it is `wanted`: a transaction fewer for each. Not one of a flow: those
    take turns (`shared.bus.turns`). Nor where another thread completes the one before, later: who
    went on has done so by then. `lease` is there once that transaction is committed."""

    def __init__(
        self, database: Database, lane: Lane, length: timedelta, wanted: Callable[[], bool]
    ) -> None:
        self._database, self._lane, self._length, self._wanted = database, lane, length, wanted
        self._thread = get_ident()
        self.lease: Lease | None = None

    def claim(self, connection: Connection) -> None:
        if get_ident() != self._thread or not self._wanted():
            return
        moment = now()
        wanted = {"of_lane": self._lane, "moment": moment, "ends_at": moment + self._length}
        row = connection.execute(_CLAIM_NEXT, wanted).one_or_none()
        if row is not None:
            after_commit(connection, lambda: self._take(row))

    def _take(self, row: Any) -> None:
        self.lease = lease_of(self._database, row)

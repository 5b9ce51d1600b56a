"""Endpoints of a conference: made, changed, tried, disabled, enabled, deleted; and who did it.

Each function is one transaction. NoSuchEndpoint when a conference has none of that id.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import uuid_utils
from sqlalchemy import Connection, Select, func, insert, select, update

from services.webhooks.base import payloads
from services.webhooks.base.changes import Actor, What, count_lately, note
from services.webhooks.base.disabling import miss_what_waits
from services.webhooks.base.letters import forget_reader
from services.webhooks.base.messages import file_messages, now_due, send_again
from services.webhooks.base.pausing import go_on, lift
from services.webhooks.base.sealing import Seals
from services.webhooks.base.settings import Network
from services.webhooks.base.tables import DELIVERIES, ENDPOINTS
from services.webhooks.forgetting import forget_endpoints, plan_sweep
from services.webhooks.managing.log import FAILED, RESENDABLE
from services.webhooks.managing.wishes import Wish, changed, changed_wish
from services.webhooks.transport.signing import new_secret
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.eventlog import EventLog

MOST = 20  # endpoints of one conference
OVERLAP = timedelta(hours=24)  # for which the secret of before counts beside the new one
MOST_RESENT = 1000  # at a time
TESTS = 30  # of one conference, in an hour: they may go to somebody who wants none


class EndpointRefused(Exception):
    """What an organiser wants of an endpoint cannot be; each kind says why."""


class NoSuchEndpoint(EndpointRefused):
    """The conference has none of that id."""


class TooManyTests(EndpointRefused):
    """A conference has sent as many in the last hour as it may."""


class TooManyEndpoints(EndpointRefused):
    """The conference has as many as it may."""


class EndpointDisabled(EndpointRefused):
    """Nothing is sent there until it is enabled, but tests."""


class RotatedLately(EndpointRefused):
    """The secret of before still counts: one more would end it at once, and lose messages."""


@dataclass(frozen=True)
class Endpoints:
    """Those of one conference, for somebody who may change them."""

    database: Database
    seals: Seals
    log: EventLog
    conference: str

    def listed(self) -> Sequence[Any]:
        """The oldest first."""
        of_it = ENDPOINTS.c.conference == self.conference
        with self.database.read() as connection:
            return connection.execute(
                select(ENDPOINTS).where(of_it).order_by(ENDPOINTS.c.created_at, ENDPOINTS.c.id)
            ).all()

    def get(self, endpoint_id: str) -> Any:
        with self.database.read() as connection:
            return self._found(connection, endpoint_id)

    def create(self, wish: Wish, actor: Actor) -> tuple[Any, str]:
        """The endpoint and its secret. Raises TooManyEndpoints."""
        endpoint_id, secret = f"ep_{uuid_utils.uuid7().hex}", new_secret()
        row = {
            **wish.columns,
            "id": endpoint_id,
            "conference": self.conference,
            "told_people": False,
            "secret": self.seals.seal(secret, endpoint_id),
            "failures": 0,
            "created_at": now(),
        }
        with self.database.begin() as connection:
            counted = select(func.count()).where(ENDPOINTS.c.conference == self.conference)
            if connection.execute(counted).scalar_one() >= MOST:
                raise TooManyEndpoints
            made = connection.execute(insert(ENDPOINTS).values(row).returning(ENDPOINTS)).one()
            note(connection, made, "created", actor)
            plan_sweep(connection)
        return made, secret

    def change(
        self,
        endpoint_id: str,
        given: Mapping[str, Any],
        actor: Actor,
        allowed: Collection[Network] = (),
    ) -> Any:
        """Only what is given, by the names of a Wish's fields. What waits goes to the new address;
        without people where it hears of them no more. Raises BadWish."""
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id, lock=True)
            wish = changed_wish(row, given, allowed)
            values = changed(row, wish)
            if not values:
                return row
            if "url" in values:  # another receiver has not failed yet, and was told of nobody
                values = {**values, "failures": 0, "failing_since": None, "paused_until": None}
                values["told_people"] = False
            if "contact" in values:
                forget_reader(connection, self.log, row)
                values = {**values, "reader": None}
            row = self._write(connection, endpoint_id, **values)
            names = [name for name in wish.columns if name in values]
            note(connection, row, "changed", actor, ", ".join(names))
            return row

    def rotate(self, endpoint_id: str, actor: Actor) -> tuple[str, datetime]:
        """A new secret; until the moment that is returned the one of before counts too. Raises
        RotatedLately."""
        secret, until = new_secret(), now() + OVERLAP
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id)
            if row.previous_until is not None and row.previous_until > now():
                raise RotatedLately
            self._write(
                connection,
                endpoint_id,
                secret=self.seals.seal(secret, endpoint_id),
                previous_secret=row.secret,
                previous_until=until,
            )
            note(connection, row, "secret-rotated", actor)
        return secret, until

    def show_secret(self, endpoint_id: str, actor: Actor) -> str:
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id)
            note(connection, row, "secret-shown", actor)
        return self.seals.unseal(row.secret, endpoint_id)

    def set_enabled(self, endpoint_id: str, actor: Actor, *, enabled: bool) -> Any:
        """Enabled, it is told at once who was erased meanwhile; where it is enabled already, it is
        tried now if it was left in peace."""
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id)
            if (row.disabled is None) == enabled:
                if enabled and lift(connection, endpoint_id):
                    go_on(connection, endpoint_id)
                    note(connection, row, "tried-now", actor)
                return row
            fresh = {"failures": 0, "failing_since": None, "paused_until": None}
            row = self._write(
                connection,
                endpoint_id,
                disabled=None if enabled else "by-hand",
                disabled_at=None if enabled else now(),
                **(fresh if enabled else {}),
            )
            if enabled:
                send_again(
                    connection, connection.execute(_missed_erasures(endpoint_id)).scalars().all()
                )
            else:
                miss_what_waits(connection, endpoint_id)
            what: What = "enabled" if enabled else "disabled"
            note(connection, row, what, actor)
            return row

    def delete(self, endpoint_id: str, actor: Actor) -> None:
        """With everything that was sent there, and its secret; what is on its way arrives."""
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id)
            note(connection, row, "deleted", actor)
            forget_endpoints(connection, self.log, ENDPOINTS.c.id == endpoint_id)

    def test(self, endpoint_id: str, actor: Actor) -> int:
        """Send a message that says nothing, also where it is disabled; its delivery's number.
        Raises TooManyTests."""
        about = {"conference": self.conference, "endpoint": endpoint_id}
        hour_ago = now() - timedelta(hours=1)
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id, lock=True)
            if count_lately(connection, self.conference, "tested", hour_ago) >= TESTS:
                raise TooManyTests
            note(connection, row, "tested", actor)
            [number] = file_messages(
                connection,
                [
                    {
                        "endpoint_id": endpoint_id,
                        "message_id": f"msg_{uuid4().hex}",
                        "type": payloads.TEST,
                        "subject": None,
                        "body": payloads.written(payloads.TEST, now().isoformat(), about),
                        "state": "waiting",
                    }
                ],
            )
        return number

    def resend(self, endpoint_id: str, actor: Actor, number: int | Literal["failed"]) -> int:
        """Send one delivery once more, or what failed or was missed, the oldest first and up to
        MOST_RESENT; returns how many. One that waits for its next try is sent now. A test, what is
        under way, or whose person was erased, is not. An endpoint that was left in peace is so no
        more. Raises EndpointDisabled."""
        of_it = DELIVERIES.c.endpoint_id == endpoint_id
        wanted = FAILED if number == "failed" else RESENDABLE & (DELIVERIES.c.id == number)
        with self.database.begin() as connection:
            row = self._found(connection, endpoint_id, lock=True)
            if row.disabled:
                raise EndpointDisabled
            found = select(DELIVERIES.c.id).where(of_it, wanted).order_by(DELIVERIES.c.id)
            numbers = connection.execute(found.limit(MOST_RESENT)).scalars().all()
            count = send_again(connection, numbers) or now_due(connection, numbers)
            if count:
                lift(connection, endpoint_id)
                note(connection, row, "resent", actor, str(count))
        return count

    def _found(self, connection: Connection, endpoint_id: str, *, lock: bool = False) -> Any:
        wanted = (ENDPOINTS.c.id == endpoint_id) & (ENDPOINTS.c.conference == self.conference)
        statement = select(ENDPOINTS).where(wanted)
        row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise NoSuchEndpoint
        return row

    def _write(self, connection: Connection, endpoint_id: str, **values: object) -> Any:
        statement = update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id).values(**values)
        return connection.execute(statement.returning(ENDPOINTS)).one()


def _missed_erasures(endpoint_id: str) -> Select[Any]:
    return select(DELIVERIES.c.id).where(
        DELIVERIES.c.endpoint_id == endpoint_id,
        DELIVERIES.c.type == payloads.ERASED,
        DELIVERIES.c.state == "missed",
    )

"""The keys and the addresses under which badges were ever signed: badges outlive both.

The worker announces what it signs with as it starts; the web process lists it. A key that fell into
other hands is withdrawn by an operator: nothing that it signed verifies any more.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, select, update

from services.certificates.badges.issuer import ListedKey
from services.certificates.base.tables import BadgeKey, BadgeOrigin
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.errors import EmargeError, Misconfigured
from shared.base.transactions import retried

if TYPE_CHECKING:
    from services.certificates.badges.seal import Seal

log = structlog.get_logger()


class NoSuchKey(EmargeError):
    """No badge was ever signed with a key of this name, or it was withdrawn already."""


@dataclass(frozen=True)
class KnownKey:
    kid: str
    kind: str
    first_used_at: datetime
    withdrawn_at: datetime | None


def announce(connection: Connection, seal: "Seal") -> bool:
    """From now on these keys and this address are listed; whether any of them is new.

    Raises Misconfigured for a key that was withdrawn."""
    withdrawn = select(BadgeKey.kid).where(BadgeKey.withdrawn_at.is_not(None))
    for kid in connection.execute(withdrawn).scalars():
        if kid in {key.kid for key in seal.listed}:
            raise Misconfigured(f"the key {kid} was withdrawn: badges want another one")
    moment = now()
    added = upsert(connection, BadgeOrigin).values(origin=seal.origin, first_used_at=moment)
    changed = connection.execute(added.on_conflict_do_nothing()).rowcount
    for place, key in enumerate(seal.listed):
        values = {"kid": key.kid, "jwk": json.dumps(key.jwk), "multibase": key.multibase}
        added = upsert(connection, BadgeKey).values(
            **values, place=place, first_used_at=moment, withdrawn_at=None
        )
        changed += connection.execute(added.on_conflict_do_nothing()).rowcount
    return changed > 0


def origins(connection: Connection) -> list[str]:
    return list(connection.execute(select(BadgeOrigin.origin)).scalars())


def listed_keys(connection: Connection) -> Sequence[ListedKey]:
    """Those that were not withdrawn, the newest first; of one moment that of tokens first."""
    rows = connection.execute(
        select(BadgeKey.kid, BadgeKey.jwk, BadgeKey.multibase)
        .where(BadgeKey.withdrawn_at.is_(None))
        .order_by(BadgeKey.first_used_at.desc(), BadgeKey.place)
    )
    return [ListedKey(row.kid, json.loads(row.jwk), row.multibase) for row in rows]


def known_keys(connection: Connection) -> list[KnownKey]:
    """All of them, the newest first."""
    columns = (BadgeKey.kid, BadgeKey.jwk, BadgeKey.first_used_at, BadgeKey.withdrawn_at)
    rows = connection.execute(
        select(*columns).order_by(BadgeKey.first_used_at.desc(), BadgeKey.place)
    )
    return [
        KnownKey(row.kid, json.loads(row.jwk)["kty"], row.first_used_at, row.withdrawn_at)
        for row in rows
    ]


@retried
def withdraw_key(database: Database, kid: str) -> None:
    """It is listed no more. Raises NoSuchKey."""
    wanted = update(BadgeKey).where(BadgeKey.kid == kid, BadgeKey.withdrawn_at.is_(None))
    with database.begin() as connection:
        if not connection.execute(wanted.values(withdrawn_at=now())).rowcount:
            raise NoSuchKey(f"no key {kid} is listed")
    log.info("badge key withdrawn", key=kid)

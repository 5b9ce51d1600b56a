"""Badges are made where documents are, by the one process that has the keys, and kept with them."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from services.certificates.badges.credential import credential
from services.certificates.badges.seal import Seal
from services.certificates.badges.statusbook import StatusBook
from services.certificates.badges.statuslist import entry
from services.certificates.base.badges import Badge
from services.certificates.base.links import Links
from services.certificates.base.records import Record
from shared.base.database import Database


class SealedBadges:
    """`Badges` by the issuer's keys."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._seal = seal
        self._links = Links(seal.origin)
        self._book = StatusBook(database, seal)

    def reserve(self, records: Sequence[Record]) -> None:
        self._book.reserve([record.id for record in records])

    def of(self, record: Record) -> Badge:
        number = self._book.number(record.id)
        as_token = credential(record, self._links, self._seal.did, number, "jwt")
        as_json = {**as_token, "credentialStatus": entry(self._links, number, "json")}
        proved = self._seal.proved(as_json, record.issued_at)
        return Badge(
            token=self._seal.token(as_token, record.issued_at),
            json=json.dumps(proved, ensure_ascii=False, separators=(",", ":")),
        )

    def sign_status_list(self, connection: Connection, number: int) -> None:
        self._book.sign(connection, number)

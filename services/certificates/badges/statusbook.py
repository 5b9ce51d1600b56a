"""Numbers in the status lists, and the lists, signed: in a process that has the keys.

A number is reserved before the badge is signed, as it is part of what is signed; reserving again
gives the same one, so a try that was killed makes the same badge.
"""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Executable, bindparam, select, update

from services.certificates.badges.listing import origins
from services.certificates.badges.seal import Seal
from services.certificates.badges.statuses import SIZE, list_of
from services.certificates.badges.statuslist import encoded, status_list
from services.certificates.base.tables import SignedStatusList, StatusEntry
from shared.base.clock import now
from shared.base.database import Database, upsert


class StatusBook:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._signed: set[int] = set()
        self._reserved: dict[str, int] = {}

    def reserve(self, certificates: Sequence[str]) -> None:
        """A place for each of these, whose badges are made next; with one statement for all.

        Not durable by itself: whatever names a number is committed after it, to the same disk.
        """
        wanted = sorted(set(certificates))  # always in one order: nobody waits for who waits
        if not wanted:
            return
        with self._database.begin(durable=False) as connection:
            reserved = upsert(connection, StatusEntry).on_conflict_do_nothing()
            reserved = reserved.returning(StatusEntry.certificate_id, StatusEntry.number)
            rows = [{"certificate_id": each} for each in wanted]
            found = {row[0]: row[1] for row in connection.execute(reserved, rows)}
            for each in set(wanted) - found.keys():
                found[each] = connection.execute(_NUMBER, {"wanted": each}).scalar_one()
        self._reserved = found

    def number(self, certificate: str) -> int:
        """Its place in the lists; a list is there before the first badge that names it."""
        if certificate not in self._reserved:
            self.reserve([certificate])
        number = int(self._reserved[certificate])
        if list_of(number) not in self._signed:
            with self._database.begin(durable=False) as connection:
                self.sign(connection, list_of(number))
            self._signed.add(list_of(number))
        return number

    def sign(self, connection: Connection, number: int) -> None:
        """Sign the list as it is now, under every address of before too; nothing if it is signed
        so already."""
        known = sorted({self._seal.origin, *origins(connection)})
        for origin in known:
            # Whoever signs it at the same moment waits here, and then sees what this one saw.
            connection.execute(_lock(connection, origin, number))
        bits = encoded(connection.execute(_ENDED, {"of_list": number}).scalars())
        for origin in known:
            _sign_one(connection, self._seal.at(origin), number, bits)


def _lock(connection: Connection, origin: str, number: int) -> Executable:
    row = {"origin": origin, "number": number}
    empty = {"signed_with": "", "bits": "", "json": "", "jwt": "", "signed_at": now()}
    keys = [SignedStatusList.origin, SignedStatusList.number]
    locked: Executable = (
        upsert(connection, SignedStatusList)
        .values(row | empty)
        .on_conflict_do_update(index_elements=keys, set_={"number": number})
    )
    return locked


def _sign_one(connection: Connection, seal: Seal, number: int, bits: str) -> None:
    keys = " ".join(key.kid for key in seal.listed)
    of_list = (SignedStatusList.origin == seal.origin) & (SignedStatusList.number == number)
    is_new = (SignedStatusList.bits != bits) | (SignedStatusList.signed_with != keys)
    if connection.execute(select(SignedStatusList.number).where(of_list, is_new)).first() is None:
        return
    moment = now()
    proved = seal.proved(status_list(seal, number, bits, "json", moment), moment)
    values = {
        "signed_with": keys,
        "bits": bits,
        "json": json.dumps(proved, separators=(",", ":")),
        "jwt": seal.token(status_list(seal, number, bits, "jwt", moment), moment),
        "signed_at": moment,
    }
    connection.execute(update(SignedStatusList).where(of_list).values(values))


_NUMBER = select(StatusEntry.number).where(StatusEntry.certificate_id == bindparam("wanted"))
_ENDED = select(StatusEntry.number).where(
    StatusEntry.ended,
    StatusEntry.number >= bindparam("of_list") * SIZE,
    StatusEntry.number < (bindparam("of_list") + 1) * SIZE,
)

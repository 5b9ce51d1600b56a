"""A list on its way through the organiser's browser, from step to step: nothing of it is kept here
before somebody said yes, and whoever leaves has left nothing behind."""

import hashlib
from dataclasses import dataclass
from typing import Self

from itsdangerous import BadData, URLSafeTimedSerializer

from services.registration.batches.batch import new_id
from services.registration.lists.reading import LARGEST
from services.registration.lists.sheet import TOO_MUCH
from services.registration.lists.table import Table, Unreadable
from shared.base.keys import Keys

LASTS = 24 * 3600  # seconds


@dataclass(frozen=True)
class CarriedList:
    """`batch_id` is that of the batch it becomes: a second yes makes no second one."""

    table: Table
    batch_id: str

    @classmethod
    def new(cls, table: Table) -> Self:
        return cls(table, new_id())

    def signed(self, keys: Keys, slug: str) -> str:
        """For a field of a form: signed and compressed, to be read by whoever has the page. Raises
        Unreadable when that is too much."""
        said = {"table": self.table.to_json(), "batch": self.batch_id}
        signed = _serializer(keys, slug).dumps(said)
        text = signed if isinstance(signed, str) else signed.decode()
        if len(text) > LARGEST:
            raise Unreadable(TOO_MUCH)
        return text

    @classmethod
    def verified(cls, signed: str, keys: Keys, slug: str) -> Self:
        """Raises Unreadable for what was not signed for this conference within the last day."""
        try:
            said = _serializer(keys, slug).loads(signed, max_age=LASTS)
        except BadData:
            raise Unreadable(
                "Please choose the file once more: the page has been open for too long."
            ) from None
        return cls(Table.from_json(said["table"]), said["batch"])


def _serializer(keys: Keys, slug: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        keys.for_signing("cookies"),
        salt=f"emarge.roster.{slug}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )

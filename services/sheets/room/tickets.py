"""Who has read a good code was in the room: for a few minutes their browser may sign.

A code is over in seconds, and reading, finding one's name and drawing take longer. So a good code
becomes a ticket in a cookie that no script reads and no address shows: unlike the code, it cannot
be passed on in a message. Beside it, for a day, who signs on this phone.
"""

import hashlib

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from shared.base.clock import now
from shared.base.keys import Keys

IN_ROOM = 5 * 60  # seconds, enough for a colleague on the same phone, and for a screen reader
KNOWN = 14 * 3600  # seconds: a day of several sheets


class Tickets:
    """Makes and reads both; what was made with any of the secrets is read."""

    def __init__(self, keys: Keys) -> None:
        self._rooms = _serializer(keys, "emarge.sheets.room")
        self._people = _serializer(keys, "emarge.sheets.person")

    def of_room(self, sheet: str) -> str:
        return str(self._rooms.dumps(sheet))

    def is_in_room(self, ticket: str, sheet: str) -> bool:
        return _read(self._rooms, ticket, IN_ROOM) == sheet

    def of_person(self, registration_id: str) -> str:
        return str(self._people.dumps(registration_id))

    def person(self, ticket: str) -> str | None:
        """The registration of whoever signs on this phone."""
        return _read(self._people, ticket, KNOWN)


class _Signer(TimestampSigner):
    """By the one clock."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())


def _serializer(keys: Keys, salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        keys.for_signing("cookies"),
        salt=salt,
        signer=_Signer,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _read(serializer: URLSafeTimedSerializer, text: str, lasts: int) -> str | None:
    try:
        found = serializer.loads(text, max_age=lasts)
    except BadData:
        return None
    return found if isinstance(found, str) else None

"""Bitstring Status List 1.0 (W3C): one bit a badge, set once it counts no more.

A list is a credential of its own, so that nobody who serves it can change it. It holds as many as
the standard wants at least, so that whoever fetches it tells nobody which badge they look at.
"""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.certificates.badges.canonical import CREDENTIALS
from services.certificates.badges.issuer import base64url
from services.certificates.badges.seal import Seal, written
from services.certificates.badges.statuses import FRESH, SIZE, list_of
from services.certificates.base.links import Links

_PURPOSE = "revocation"


def entry(links: Links, number: int, form: str) -> dict[str, str]:
    """Where a badge says that its status is found."""
    address, index = links.status_list(list_of(number), form), str(number % SIZE)
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": _PURPOSE,
        "statusListIndex": index,
        "statusListCredential": address,
    }


def encoded(ended: Iterable[int]) -> str:
    """The bits of these numbers, set: the first is the left-most (3.2). Compressed, in base64."""
    bits = bytearray(SIZE // 8)
    for number in ended:
        place = number % SIZE
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64url(gzip.compress(bytes(bits), mtime=0))


def status_list(seal: Seal, number: int, bits: str, form: str, moment: datetime) -> dict[str, Any]:
    """The list as a credential, unsigned."""
    address = Links(seal.origin).status_list(number, form)
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": seal.did,
        "validFrom": written(moment),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": _PURPOSE,
            "encodedList": bits,
            "ttl": FRESH * 1000,
        },
    }

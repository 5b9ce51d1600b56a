"""Signatures as Standard Webhooks has them, symmetric: HMAC-SHA-256 over id, moment and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_LENGTH = 32  # bytes; the specification wants 24 to 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(SECRET_LENGTH)).decode()


def signed_headers(
    message_id: str, moment: int, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """`moment`: of this try, in seconds since 1970. A signature for each secret: a receiver that
    knows one of them believes it."""
    signatures = (_signature(secret, message_id, moment, body) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _signature(secret: str, message_id: str, moment: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{moment}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

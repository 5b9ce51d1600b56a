"""Timestamps from an authority (RFC 3161): for PAdES B-T, and for archives of it."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from asn1crypto import cms, tsp

from shared.documents.errors import TimestampFailed

_GRANTED = ("granted", "granted_with_mods")


@dataclass(frozen=True)
class TimestampAuthority:
    """Where signatures are timestamped. A token is a few kilobytes: `reserved` is their room.

    `user` and `password`, where it wants them, go by HTTP basic authentication.
    """

    url: str
    seconds: float = 10.0
    reserved: int = 10_000
    user: str = ""
    password: str = field(default="", repr=False)

    def attribute(self, signature: bytes) -> bytes:
        """The unsigned attribute signature-time-stamp for a signature value, in DER.

        Raises TimestampFailed.
        """
        token = self.token(hashlib.sha256(signature).digest())
        attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": (token,)})
        data: bytes = attribute.dump()
        if len(data) > self.reserved:
            raise TimestampFailed(
                f"{self.url}: its token takes {len(data)} bytes, where {self.reserved} are kept"
            )
        return data

    def token(self, digest: bytes) -> cms.ContentInfo:
        """A token for a SHA-256 digest, just asked for. Raises TimestampFailed."""
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        nonce = secrets.randbits(63)
        request = tsp.TimeStampReq(
            {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        )
        try:
            response = tsp.TimeStampResp.load(self._asked(request.dump()), strict=True)
            status = response["status"]["status"].native
            if status not in _GRANTED:
                raise TimestampFailed(f"{self.url} refused: {status}")
            token = response["time_stamp_token"]
            said = _information(token)
            imprinted = said["message_imprint"]["hashed_message"].native
            answered = said["nonce"].native
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise TimestampFailed(f"{self.url}: {error}") from error
        if imprinted != digest or answered != nonce:
            raise TimestampFailed(f"{self.url} answered for another signature")
        return token

    def _asked(self, request: bytes) -> bytes:
        return (
            httpx.post(
                self.url,
                content=request,
                headers={"Content-Type": "application/timestamp-query"},
                timeout=self.seconds,
                auth=(self.user, self.password) if self.user else None,
            )
            .raise_for_status()
            .content
        )


def _information(token: cms.ContentInfo) -> Any:
    return token["content"]["encap_content_info"]["content"].parsed

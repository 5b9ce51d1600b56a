"""Timestamps from an authority (RFC 3161), for PAdES B-T."""

import hashlib
import secrets
from dataclasses import dataclass

import httpx
from asn1crypto import cms, tsp

from services.certificates.engine.errors import TimestampFailed

_GRANTED = ("granted", "granted_with_mods")


@dataclass(frozen=True)
class TimestampAuthority:
    """Where signatures are timestamped. A token is a few kilobytes: `reserved` is their room."""

    url: str
    seconds: float = 10.0
    reserved: int = 10_000

    def attribute(self, signature: bytes) -> bytes:
        """The unsigned attribute signature-time-stamp for a signature value, in DER.

        Raises TimestampFailed.
        """
        token = self._token(hashlib.sha256(signature).digest())
        attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": (token,)})
        data: bytes = attribute.dump()
        return data

    def _token(self, digest: bytes) -> cms.ContentInfo:
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        nonce = secrets.randbits(63)
        request = tsp.TimeStampReq(
            {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        )
        try:
            answer = httpx.post(
                self.url,
                content=request.dump(),
                headers={"Content-Type": "application/timestamp-query"},
                timeout=self.seconds,
            ).raise_for_status()
            response = tsp.TimeStampResp.load(answer.content, strict=True)
            status = response["status"]["status"].native
            if status not in _GRANTED:
                raise TimestampFailed(f"{self.url} refused: {status}")
            token = response["time_stamp_token"]
            said = token["content"]["encap_content_info"]["content"].parsed
            imprinted = said["message_imprint"]["hashed_message"].native
            answered = said["nonce"].native
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise TimestampFailed(f"{self.url}: {error}") from error
        if imprinted != digest or answered != nonce:
            raise TimestampFailed(f"{self.url} answered for another signature")
        return token

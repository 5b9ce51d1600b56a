"""What authorities answer about certificates and digests, asked once for many documents.

An answer about a certificate serves for what was signed before it was given, for ten minutes: a
hundred thousand documents of one seal cost its authority a question every ten minutes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import cms, x509
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import CertificateFetchError
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from shared.base.clock import now
from shared.documents.signing import TimestampAuthority

PATIENCE = 5  # seconds that whoever publishes revocations has to answer
FRESH = timedelta(minutes=10)
LONGEST_CHAIN = 5


class Stamper(TimeStamper):
    """pyHanko's view of our authority of timestamps."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko's has no annotations
        self._authority = authority
        self.newest: cms.ContentInfo | None = None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != "sha256":
            raise ValueError("timestamps are over SHA-256")
        self.newest = self._authority.token(message_digest)
        return self.newest

    async def certificates(self) -> list[x509.Certificate]:
        """Those that its tokens carry; asked for once."""
        return carried((await self.async_dummy_response("sha256"))["content"])

    @property
    def signed_by(self) -> x509.Certificate:
        """Whose key signed the newest token."""
        if self.newest is None:
            raise ValueError("no token was asked for")
        return extract_certificate_info(self.newest["content"]).signer_cert


@dataclass
class Answers:
    """Fresh for a while, and only for what was signed before `since`."""

    stamper: Stamper
    since: datetime = field(default_factory=now)
    fetchers: Fetchers = field(
        default_factory=lambda: RequestsFetcherBackend(per_request_timeout=PATIENCE).get_fetchers()
    )

    def serve(self, made_at: datetime) -> bool:
        return made_at < self.since and now() < self.since + FRESH

    async def context(
        self, known: Iterable[x509.Certificate], roots: Sequence[x509.Certificate]
    ) -> ValidationContext:
        """For chains of these certificates and of timestamps. Whom to trust is `roots`; without
        any, whoever stands at the top of the chains."""
        certificates = [*known, *await self.stamper.certificates()]
        if not roots:
            certificates = await self._completed(certificates)
        return ValidationContext(
            trust_roots=list(roots)
            or [each for each in tops(certificates) if _may_be_trusted(each)],
            other_certs=certificates,
            moment=now(),
            allow_fetching=True,
            # Who publishes what is revoked is asked; who publishes nothing cannot be.
            revocation_mode="hard-fail",
            fetchers=self.fetchers,
        )

    async def _completed(self, certificates: list[x509.Certificate]) -> list[x509.Certificate]:
        """With the issuers that the topmost say where to find."""
        found = list(certificates)
        for _ in range(LONGEST_CHAIN):
            above = [
                issuer
                for top in tops(found)
                if top.self_signed == "no"
                for issuer in await self._issuers(top)
            ]
            if not above:
                break
            found += above
        return found

    async def _issuers(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        try:
            fetched = self.fetchers.cert_fetcher.fetch_cert_issuers(certificate)
            return [each async for each in fetched]
        except CertificateFetchError:  # then it stands at the top itself
            return []


def _may_be_trusted(certificate: x509.Certificate) -> bool:
    """Nobody vouches for themselves, but for whom it is said openly."""
    return bool(certificate.ca) or certificate.self_signed != "no"


def carried(signed: cms.SignedData) -> list[x509.Certificate]:
    """The certificates that a signature or token brings along."""
    return [each.chosen for each in signed["certificates"] if each.name == "certificate"]


def tops(certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Those that none of the others issued."""
    distinct = list({each.sha256: each for each in certificates}.values())
    subjects = {each.subject.hashable for each in distinct}
    return [
        each
        for each in distinct
        if each.self_signed != "no" or each.issuer.hashable not in subjects
    ]

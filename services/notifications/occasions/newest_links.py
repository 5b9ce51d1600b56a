"""The links of a certificate as they are now: those of before are ended when its holder's address
is corrected, while an email with them may still wait, or be sent again."""

import json

from sqlalchemy import Connection, select

from shared.bus.inbox import JobRow
from shared.events.certificates import CertificateIssued, CertificateRelinked, HeldCertificate

LINKS = ("download_url", "page_url", "realisation_url")


def as_issued(certificate: HeldCertificate) -> CertificateIssued:
    """One that has other links is told of as if it were new: whoever reads the right address has
    heard nothing of it."""
    return CertificateIssued(**{name: getattr(certificate, name) for name in _HELD})


def with_newest_links(connection: Connection, certificate: CertificateIssued) -> CertificateIssued:
    relinked = (
        select(JobRow.envelope)
        .where(
            JobRow.type == CertificateRelinked.type,
            JobRow.subject == certificate.registration_id,
        )
        .order_by(JobRow.position)
    )
    for envelope in connection.execute(relinked).scalars():
        data = json.loads(envelope)["data"] or {}
        if data.get("code") == certificate.code:
            certificate = certificate.model_copy(update={name: data.get(name) for name in LINKS})
    return certificate


_HELD = tuple(HeldCertificate.model_fields)

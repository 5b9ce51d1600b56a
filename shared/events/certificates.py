"""What certificates says: a document exists, or no longer counts."""

from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.envelope import Payload
from shared.events.registration import Conference, Person


class WorkshopCertificate(BaseModel):
    """One more of the same person's, about one workshop."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session: str = Field(description="the session's id within its conference")
    title: str
    code: str
    download_url: str
    verify_url: str


class CertificateIssued(Payload):
    """A person's certificate can be downloaded and verified, and those of their workshops."""

    type: ClassVar[str] = "certificate.issued"
    registration_id: str
    code: str = Field(description="the public code, as printed and in the QR")
    attendance_version: int
    person: Person
    conference: Conference
    minutes: int
    issued_at: AwareDatetime
    download_url: str = Field(description="the PDF, by its unguessable link")
    verify_url: str
    supersedes: str | None = Field(
        default=None, description="code of the certificate this one replaces"
    )
    workshops: tuple[WorkshopCertificate, ...] = Field(
        default=(), description="where the organiser wants one for each workshop attended"
    )


class CertificateRevoked(Payload):
    """A certificate no longer counts."""

    type: ClassVar[str] = "certificate.revoked"
    registration_id: str
    code: str
    reason: str
    revoked_at: AwareDatetime

"""What certificates says: a document exists, or no longer counts."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.events.envelope import Payload, Personal
from shared.events.registration import Conference, Person, SignIn


class CertificateIssued(Payload):
    """A certificate can be downloaded and verified."""

    type: ClassVar[str] = "certificate.issued"
    registration_id: str
    code: str = Field(description="the public code, as printed and in the QR")
    attendance_version: int
    person: Person
    conference: Conference
    minutes: int
    issued_at: AwareDatetime
    download_url: Annotated[str, Personal()] = Field(description="the PDF, by its unguessable link")
    verify_url: str
    page_url: Annotated[str | None, Personal()] = Field(
        default=None,
        description="the page of all that the person has, which the same key opens; older events "
        "have none",
    )
    supersedes: str | None = Field(
        default=None, description="code of the certificate this one replaces"
    )
    supersedes_because: Literal["corrected", "programme", "template"] | None = Field(
        default=None,
        description="the person or their presence was corrected, the programme, or the document",
    )


class HolderLinkRequested(SignIn):
    """Somebody who gave this address wants the page of all certificates that were sent to it: the
    link is sent to that address."""

    type: ClassVar[str] = "certificate.holder-link-requested"


class CertificatesExported(Payload):
    """An organiser took all certificates of a day away as one file."""

    type: ClassVar[str] = "certificates.exported"
    conference: str = Field(description="slug")
    actor_kind: Literal["organiser", "token"]
    actor: Annotated[str, Personal()] = Field(description="as the history has it")
    count: int


class EmployerLinkChanged(Payload):
    """An organiser made a link that gives an employer the certificates of those who agreed, or
    withdrew it. Whose it is stands with the certificates alone: an employer may be a person."""

    type: ClassVar[str] = "certificate.employer-link-changed"
    conference: str = Field(description="slug")
    change: Literal["made", "revoked"]
    actor: Annotated[str, Personal()] = Field(description="as the history has it")
    expires_at: AwareDatetime


class CertificateRevoked(Payload):
    """A certificate no longer counts."""

    type: ClassVar[str] = "certificate.revoked"
    registration_id: str
    conference: str | None = Field(default=None, description="slug; older events have none")
    code: str
    reason: str
    revoked_at: AwareDatetime

"""What certificates says: a document exists, or no longer counts."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.events.envelope import Opens, Payload, Personal
from shared.events.registration import Conference, Person, SignIn


class HeldCertificate(Payload):
    """A certificate, and where its holder finds it."""

    registration_id: str
    kind: Literal["attendance", "realisation"] = Field(
        default="attendance",
        description="realisation: the French certificat de réalisation, told of by itself",
    )
    code: str = Field(description="the public code, as printed and in the QR")
    attendance_version: int
    person: Person
    conference: Conference
    minutes: int
    issued_at: AwareDatetime
    download_url: Annotated[str, Personal(), Opens()] = Field(
        description="the PDF, by its unguessable link"
    )
    verify_url: str
    page_url: Annotated[str | None, Personal(), Opens()] = Field(
        default=None,
        description="the page of all that the person has, which the same key opens; older events "
        "have none",
    )
    realisation_url: Annotated[str | None, Personal(), Opens()] = Field(
        default=None,
        description="the PDF of the certificat de réalisation that was issued with this one",
    )


class CertificateIssued(HeldCertificate):
    """A certificate can be downloaded and verified."""

    type: ClassVar[str] = "certificate.issued"
    realisation_supersedes: str | None = Field(
        default=None,
        description="code of the certificat de réalisation that realisation_url replaces",
    )
    supersedes: str | None = Field(
        default=None, description="code of the certificate this one replaces"
    )
    supersedes_because: Literal["corrected", "programme", "template"] | None = Field(
        default=None,
        description="the person or their presence was corrected, the programme, or the document",
    )


class CertificateRelinked(HeldCertificate):
    """The person's address was corrected, so the links of before open their certificates no more;
    these do."""

    type: ClassVar[str] = "certificate.relinked"


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


class DesignPublished(Payload):
    """A design of the certificates of one day is in force from now on."""

    type: ClassVar[str] = "certificate.design-published"
    conference: str = Field(description="slug")
    number: int = Field(description="of this version, among all designs")
    actor_kind: Literal["organiser", "system"]
    actor: Annotated[str, Personal()] = Field(description="as the history has it")


class CertificateRevoked(Payload):
    """A certificate no longer counts: somebody revoked it, or the presence that it said was taken
    back, which has its own act."""

    type: ClassVar[str] = "certificate.revoked"
    registration_id: str
    conference: str | None = Field(default=None, description="slug; older events have none")
    code: str
    reason: str
    revoked_at: AwareDatetime
    actor_kind: Literal["organiser", "system"] | None = Field(
        default=None, description="who revoked it; none: it follows from something else"
    )
    actor: Annotated[str, Personal()] = Field(default="", description="as the history has it")


class RealisationChanged(Payload):
    """An organiser saved what the certificats de réalisation of a day say, or wants no more of
    them. Evidence of the day must be kept until then, whatever else ends it earlier."""

    type: ClassVar[str] = "realisation.changed"
    conference: str = Field(description="slug")
    actor_kind: Literal["organiser"]
    actor: Annotated[str, Personal()] = Field(description="as the history has it")
    revision: int = Field(description="grows with each save: an older one that comes late is old")
    wanted: bool = Field(description="whether they are issued from now on")
    changed: tuple[str, ...] = Field(description="the names of the facts that changed")
    kept_until: date | None = Field(
        description="the last day on which the evidence must be there; none: nothing asks for it"
    )

"""What certificates does with each event."""

from services.certificates import erasing, issuing, reissuing
from services.certificates.commands import commands
from services.certificates.figures import figures
from services.certificates.reissuing import ReissueAsked
from services.certificates.resources import NAME, Resources, open_resources
from services.certificates.settings import CertificatesSettings
from shared.events import Event
from shared.events.registration import AttendanceCertified, AttendeeErased
from shared.service import Job, Service

service: Service[Resources] = Service(
    NAME,
    settings=CertificatesSettings,
    resources=open_resources,
    web="services.certificates.web:create",
    commands=commands,
    figures=figures,
)


@service.on(AttendanceCertified, lane="bulk")
def issue_certificate(
    event: Event[AttendanceCertified], job: Job, resources: Resources
) -> None:
    """A day was closed: everyone who was there gets one, a corrected one replaces the older."""
    issuing.issue(event, job, resources)


@service.on(ReissueAsked, lane="bulk")
def reissue_certificate(event: Event[ReissueAsked], job: Job, resources: Resources) -> None:
    """An operator wants the same with today's template and key."""
    reissuing.reissue(event, job, resources)


@service.on(AttendeeErased)
def forget_person(event: Event[AttendeeErased], job: Job, resources: Resources) -> None:
    """A person's data must go: not behind a thousand certificates to issue, but at once."""
    erasing.erase(event, job, resources)

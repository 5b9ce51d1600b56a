"""What funders may still ask for when a person is erased: a certificat de réalisation that counts,
for as long as its facts say. It keeps what it says and nothing else, and then goes by itself."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update

from services.certificates.base.records import Record, sought_of
from services.certificates.base.tables import Certificate
from services.certificates.realisation import versions
from shared.base.clock import now
from shared.bus.inbox import schedule
from shared.events import Payload

# What of a person a certificat de réalisation does not say.
_NOT_SAID = {"email": "", "job_title": None}


class EvidenceEnds(Payload):
    """A certificat de réalisation of somebody who was erased has been kept for long enough."""

    type: ClassVar[str] = "certificate.evidence-ends"
    certificate_id: str


def must_stay(connection: Connection, record: Record) -> bool:
    """Whether funders may still ask for it."""
    if record.variant != "realisation" or record.state != "valid":
        return False
    return now() < _goes_at(connection, record)


def keep_alone(connection: Connection, record: Record) -> None:
    """The document and what it says; the holder's link opens it no more. Again is harmless."""
    person = record.attendance["person"]
    said: dict[str, Any] = {
        **record.attendance,
        "person": person | {name: gone for name, gone in _NOT_SAID.items() if name in person},
        "manage_url": "",
    }
    connection.execute(
        update(Certificate)
        .where(Certificate.id == record.id)
        .values(attendance=said, sought=sought_of(record.code, said), link_key="")
    )
    look_again(connection, record)


def look_again(connection: Connection, record: Record) -> None:
    """Once it is time, as the facts of today say: those of then are asked again."""
    ends = EvidenceEnds(certificate_id=record.id)
    at = _goes_at(connection, record)
    schedule(connection, ends, key=f"evidence:{record.id}:{at.date()}", at=at, subject=None)


def _goes_at(connection: Connection, record: Record) -> datetime:
    """The end of the last day, on the clocks of the conference. The newest facts of the day say
    which, for all that was issued; the certificate's own where the day has none any more."""
    version = versions.newest(connection, record.conference)
    facts = version or versions.by_number(connection, record.realisation or 0)
    zone = ZoneInfo(record.attendance["conference"]["timezone"])
    return datetime.combine(facts.facts.kept_until + timedelta(days=1), time(), zone)

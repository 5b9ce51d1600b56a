"""The speakers of closed days, remembered: whether they get a certificate may be chosen later."""

from collections.abc import Iterator

from sqlalchemy import Connection, delete, select

from services.certificates.base.tables import ErasedRegistration, Speaker
from shared.base.database import upsert
from shared.events import Event
from shared.events.registration import SpeakerCertified


def remember(connection: Connection, event: Event[SpeakerCertified]) -> None:
    """Unless they were forgotten meanwhile."""
    given = event.data
    erased = select(ErasedRegistration.erased_at).where(
        ErasedRegistration.registration_id == given.speaker_id
    )
    if connection.execute(erased).first() is not None:
        return
    values = {"conference": given.conference.slug, "envelope": event.model_dump_json()}
    connection.execute(
        upsert(connection, Speaker)
        .values(id=given.speaker_id, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def of_conference(connection: Connection, conference: str) -> Iterator[Event[SpeakerCertified]]:
    rows = connection.execute(
        select(Speaker.envelope).where(Speaker.conference == conference).order_by(Speaker.id)
    ).scalars()
    return (Event[SpeakerCertified].model_validate_json(envelope) for envelope in rows)


def by_id(connection: Connection, identity: str) -> Event[SpeakerCertified] | None:
    """None when they were forgotten."""
    envelope = connection.execute(select(Speaker.envelope).where(Speaker.id == identity)).scalar()
    return Event[SpeakerCertified].model_validate_json(envelope) if envelope else None


def forget(connection: Connection, identity: str) -> None:
    connection.execute(delete(Speaker).where(Speaker.id == identity))

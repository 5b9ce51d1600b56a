"""Everything that is kept about one person, for that person."""

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from services.registration.base import tables
from services.registration.base.consents import Consent, words
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import attended_so_far
from services.registration.desk import Desk
from services.registration.history.acts import history
from services.registration.people.sent_emails import sent_emails
from services.registration.programme.programmes import load_conference_by_id
from services.registration.programme.retention import evidence_until, kept_until
from services.registration.seats.records import read_record, read_seats
from services.registration.seats.standby import standby_of_people
from shared.base.clock import now

_CONSENT = select(
    tables.Registration.consent_text,
    tables.Registration.consent_language,
    tables.Registration.consent_at,
).where(tables.Registration.id == bindparam("of_registration"))
_CERTIFICATE = select(
    tables.Certificate.code,
    tables.Certificate.issued_at,
    tables.Certificate.revoked_at,
    tables.Certificate.download_url,
    tables.Certificate.verify_url,
).where(tables.Certificate.registration_id == bindparam("of_registration"))
_SCANS = (
    select(
        tables.Scan.session_id,
        tables.Scan.direction,
        tables.Scan.at,
        tables.Scan.recorded_at,
        tables.Scan.actor_kind,
    )
    .where(tables.Scan.registration_id == bindparam("of_registration"))
    .order_by(tables.Scan.at)
)


def personal_data(desk: Desk, registration_id: str) -> dict[str, Any]:
    """As JSON: the registration, its seats, each time its code was scanned or its holder signed,
    what follows from that, and what was changed about it, by whom. Or NotFound."""
    with desk.database.read() as connection:
        record = read_record(connection, registration_id)
        conference = load_conference_by_id(connection, record.conference_id)
        seats = read_seats(connection, conference, registration_id)
        acts = history(connection, registration_id=registration_id)
        consent = connection.execute(_CONSENT, {"of_registration": registration_id}).one()
        certificates = connection.execute(_CERTIFICATE, {"of_registration": registration_id}).all()
        scans = connection.execute(_SCANS, {"of_registration": registration_id}).all()
        at_doors = standby_of_people(connection, [record.id])[record.id]
        # All that is kept, whatever of it counts at this conference.
        whole = replace(conference, presence_evidence="any")
        evidence = read_evidence(connection, whole, [registration_id])[registration_id]
        funders = evidence_until(connection, conference)
    until = kept_until(conference, desk.retention_months, funders)
    return {
        "registration": {
            "id": record.id,
            "conference": conference.slug,
            "code": record.code,
            "status": record.status,
            "first_name": record.first_name,
            "last_name": record.last_name,
            "email": record.email,
            "organisation": record.organisation,
            "job_title": record.job_title,
            "locale": record.locale,
            "registered_by": record.registered_by,
            "created_at": record.created_at.isoformat(),
            "address_confirmed_at": (
                record.confirmed_at.isoformat() if record.confirmed_at else None
            ),
            "confirm_by": record.confirm_by.isoformat() if record.confirm_by else None,
            "erased_at": record.erased_at.isoformat() if record.erased_at else None,
        },
        "consent": _consent(consent, conference.organiser),
        "kept_until": str(until),
        "seats": [
            {"session": seat.session.slug, "title": seat.session.title, "state": seat.state}
            for seat in seats
        ],
        "at_doors": [
            {
                "session": conference.by_id[each.session_id].slug,
                **{
                    name: moment.isoformat() if moment else None
                    for name, moment in (
                        ("seat_freed_at", each.freed_at),
                        ("asked_at", each.asked_at),
                        ("let_in_at", each.let_in_at),
                    )
                },
            }
            for each in at_doors
        ],
        "scans": [
            {
                "session": conference.by_id[scan.session_id].slug if scan.session_id else None,
                "direction": scan.direction,
                "at": scan.at.isoformat(),
                "recorded_at": scan.recorded_at.isoformat(),
                "by": scan.actor_kind,
            }
            for scan in scans
        ],
        "signed": [
            {
                "session": conference.by_id[session_id].slug,
                "from": start.isoformat(),
                "to": end.isoformat(),
            }
            for session_id, intervals in evidence.signed.items()
            for start, end in intervals
        ],
        "history": [
            {
                "at": act["at"].isoformat(),
                "by": act["actor"]["kind"],
                **{name: act[name] for name in ("what", "before", "after", "reason")},
            }
            for act in acts
        ],
        "presence": [
            {
                "session": each.session.slug,
                "in": each.starts_at.isoformat(),
                "out": each.ends_at.isoformat(),
                "minutes": each.minutes,
                "source": each.source,
                "reason": each.reason or None,
            }
            for each in attended_so_far(conference, evidence, now())
        ],
        "emails": sent_emails(desk, registration_id),
        "certificates": [
            {
                "code": each.code,
                "issued_at": each.issued_at.isoformat(),
                "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
                "download_url": each.download_url,
                "verify_url": each.verify_url,
            }
            for each in certificates
        ],
    }


def _consent(found: Any, organiser: str) -> dict[str, str] | None:
    """What was agreed to, as it was read; nothing for whom an organiser registered."""
    if found.consent_text is None:
        return None
    consent = Consent(found.consent_language, found.consent_text)
    return {
        "version": consent.text,
        "language": consent.language,
        "text": words(consent, organiser),
        "given_at": found.consent_at.isoformat(),
    }

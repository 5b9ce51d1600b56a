"""A programme that is not there yet, as a conference: to be looked at before it is saved."""

from services.registration.programme.document import Programme
from services.registration.programme.facts import Conference, Session


def as_planned(programme: Programme, before: Conference | None) -> Conference:
    """The day as it would be; people who are registered already keep their places in it."""
    known = before.by_slug if before else {}
    sessions = []
    for number, planned in enumerate(programme.sessions, start=1):
        session = known.get(planned.slug)
        sessions.append(
            Session(
                id=session.id if session else -number,
                slug=planned.slug,
                kind=planned.kind,
                title=planned.title,
                starts_at=planned.starts_at,
                ends_at=planned.ends_at,
                room=planned.room,
                description=planned.description,
                speakers=planned.speakers,
                capacity=planned.capacity,
                venue=planned.venue,
                address=planned.address,
                required=planned.required,
                unlimited=planned.is_unlimited,
                beyond=session.beyond if session else 0,
                taken=session.taken if session else 0,
                waiting=session.waiting if session else 0,
            )
        )
    return Conference(
        id=before.id if before else 0,
        version=before.version if before else 0,
        slug=programme.slug,
        title=programme.title,
        organiser=programme.organiser,
        contact_email=programme.contact_email,
        language=programme.language,
        timezone=programme.timezone,
        date=programme.date,
        venue=programme.venue,
        address=programme.address,
        city=programme.city,
        description=programme.description,
        starts_at=programme.starts_at,
        ends_at=programme.ends_at,
        opens_at=programme.opens_at,
        closes_at=programme.closes_at,
        closed_at=before.closed_at if before else None,
        workshop_presence=programme.workshop_presence,
        presence_evidence=programme.presence_evidence,
        stage=before.stage if before else "draft",
        cancelled_at=before.cancelled_at if before else None,
        cancel_reason=before.cancel_reason if before else None,
        closes_before=programme.closes_before,
        confirm_within=programme.confirm_within,
        free_after=programme.free_after,
        least_minutes=programme.least_minutes,
        least_share=programme.least_share,
        counted=programme.counted,
        retention_months=programme.retention_months,
        data_contact=programme.data_contact,
        data_note=programme.data_note,
        access=programme.access,
        colour=programme.colour,
        image=programme.image,
        logo=programme.logo,
        moved_from=before.moved_from if before else None,
        sessions=tuple(sessions),
    )

"""The email of a notice: what changed for a person since they were last told, or that the day is
cancelled."""

from dataclasses import replace

from sqlalchemy import Connection

from services.notifications.base import known_places, known_programmes, programme_versions
from services.notifications.delivery import log as delivery_log
from services.notifications.delivery.handover import afresh, send_once
from services.notifications.delivery.log import open_delivery
from services.notifications.occasions import notices
from services.notifications.occasions.mailing import errand_for
from services.notifications.occasions.notices import Changes, NoticeDue
from services.notifications.occasions.places import cancelled_day_email, notice_email
from services.notifications.resources import Resources
from services.notifications.writing.changes import Notice
from services.notifications.writing.compose import Email, Identity
from services.notifications.writing.letters import Kind
from shared.base.clock import now
from shared.events import Event
from shared.process.service import Job


def mail_notice(event: Event[NoticeDue], job: Job, resources: Resources) -> None:
    """Tell one person, of the programme as it is by now."""
    afresh(lambda: _mail_notice(event, job, resources))


def _mail_notice(event: Event[NoticeDue], job: Job, resources: Resources) -> None:
    due = event.data
    identity = Identity(event.identity, due.given_at, resources.sender.domain)
    with resources.database.begin(durable=False) as connection:
        day = known_programmes.hold(connection, due.conference)
        known_places.hurry(connection, due.registration_id, day)
        known = known_places.read(connection, due.registration_id)
        place = known.place if known else None
        if known is None or place is None:
            job.complete(connection)
            return
        # Asked for again, it says again what it said.
        told = min(known.told, due.programme_version - 1) if job.forced else known.told
        changed = Changes(connection, day, day.programme).concerning(place, told)
        skip = notices.needless(due, known, day, changed)
        skip = skip or resources.settings.too_old(due.given_at, now())
        current = day.now(place)
        kind: Kind = (
            "notice" if due.programme_version < day.notice or not day.cancelled else "day-cancelled"
        )
        errand = replace(errand_for(kind, identity, current), programme_version=day.version)
        state = open_delivery(connection, job, errand, skip)
        noted = known_places.note(connection, place, day, is_told=False)
        notice = Notice(
            changed,
            programme_versions.at(connection, day.slug, told),
            programme_versions.notes_since(connection, day.slug, told),
        )

    def compose() -> Email:
        if day.cancelled is not None:
            return cancelled_day_email(current, identity, noted, day, resources)
        return notice_email(notice, current, identity, noted, day, resources)

    def note_what_was_told(connection: Connection) -> None:
        told = delivery_log.version_told(connection, errand)
        known_places.note_told(connection, due.registration_id, told)
        if told == day.version:
            known_places.calendar_told(connection, place, day)

    send_once(
        resources,
        job,
        errand,
        state,
        compose,
        when_sent=note_what_was_told,
        still_true=known_places.newest(place, day),
    )

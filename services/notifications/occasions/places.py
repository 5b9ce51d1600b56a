"""The emails about a person's place: which words, which calendars, with the badge or without."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.notifications.base.known_places import Noted, calendar_of
from services.notifications.base.known_programmes import Day
from services.notifications.resources import Resources
from services.notifications.writing.changes import Notice, changes, overlapping
from services.notifications.writing.compose import (
    Attachment,
    Email,
    Identity,
    Mailbox,
    Unsubscribing,
    calendar_attachment,
    compose,
)
from services.notifications.writing.contents import about_place, full_name
from services.notifications.writing.letters import Kind, Letter
from services.notifications.writing.samples import TrialWanted, sample
from shared.events.registration import Conference, Place, RegistrationChanged
from shared.handouts.badge import badge_pdf
from shared.handouts.calendar import published, withdrawn
from shared.handouts.qr import qr_png

WITH_CALENDAR: tuple[Kind, ...] = ("confirmed", "waitlisted", "promoted", "changed", "cancelled")


def letter_about(changed: RegistrationChanged) -> Kind | None:
    """What the person is to read; None for nothing."""
    if changed.tell == "everything":
        return "confirmed" if changed.status == "confirmed" else "waitlisted"
    kinds: dict[str, Kind] = {"change": "changed", "link": "link"}
    return kinds.get(changed.tell)


def place_email(
    kind: Kind, place: Place, identity: Identity, noted: Noted, day: Day, resources: Resources
) -> Email:
    """One of the emails that follow a change, or a lost link; `place` is as the day is now.

    When a newer one is known already it says so and brings neither calendar nor badge: those in the
    newer one are right.
    """
    calendars: list[Attachment] = []
    if kind in WITH_CALENDAR and not noted.overtaken:
        calendars = _calendars(place, noted, day, identity.moment)
    words = {
        "overtaken": noted.overtaken,
        "day_cancelled": day.cancelled,
        "confirm_by": None if noted.overtaken or day.cancelled else place.confirm_by,
        "calendar_attached": bool(calendars),
        "removes": bool(noted.withdrawn and calendars),
    }
    has_pass = _has_pass(place, day) and not noted.overtaken
    return _email(kind, place, identity, resources, words, calendars, has_pass=has_pass)


def notice_email(
    notice: Notice,
    place: Place,
    identity: Identity,
    noted: Noted,
    day: Day,
    resources: Resources,
) -> Email:
    """What changed for somebody, with the calendar that is right now."""
    language = resources.writer.languages[place.person.locale]
    calendars = _calendars(place, noted, day, identity.moment)
    words = {
        "changes": changes(notice, place.conference, language),
        "organiser_says": notice.words,
        "overlapping": overlapping(place),
        "calendar_attached": bool(calendars),
    }
    has_pass = _has_pass(place, day)
    return _email("notice", place, identity, resources, words, calendars, has_pass=has_pass)


def cancelled_day_email(
    place: Place, identity: Identity, noted: Noted, day: Day, resources: Resources
) -> Email:
    """The day does not take place; it goes from the calendar."""
    calendars = _calendars(place, noted, day, identity.moment)
    words = {"reason": day.cancelled, "removes": bool(calendars)}
    return _email("day-cancelled", place, identity, resources, words, calendars, has_pass=False)


def reminder_email(place: Place, identity: Identity, days: int, resources: Resources) -> Email:
    """The day is `days` from now."""
    url = stop_url(place, resources.settings.public_url)
    return _email(
        "reminder",
        place,
        identity,
        resources,
        {"days": days},
        [],
        has_pass=True,
        unsubscribing=Unsubscribing(url, place.conference.contact_email),
    )


def announcement_email(
    words: tuple[str, str], place: Place, identity: Identity, day: Day, resources: Resources
) -> Email:
    """A message of the organiser (subject and text), with the badge where it is asked for."""
    subject, body = words
    has_pass = _has_pass(place, day) and "badge" in body
    content = about_place(place, qr_id=identity.qr_id, has_pass=has_pass)
    locale = place.person.locale
    letter = resources.writer.write_own(subject, body, "announcement", locale, content)
    return _enclose(letter, place, identity, resources, [], has_pass)


def trial_email(
    trial: TrialWanted, place: Place, identity: Identity, resources: Resources
) -> Email:
    """A letter as this person would have it, sent to who wrote it."""
    content = sample(trial.kind, place, identity.qr_id)
    words = (trial.subject, trial.body, trial.kind, trial.language, content)
    letter = resources.writer.write_own(*words)
    conference = place.conference
    return compose(
        replace(letter, subject=f"[Test] {letter.subject}"),
        identity,
        sender=sender_for(conference, resources),
        recipient=Mailbox("", trial.to),
        reply_to=Mailbox(conference.organiser, conference.contact_email),
        qr=qr_png(content["place"].code) if content.get("has_pass") else None,
    )


def stop_url(place: Place, public_url: str) -> str:
    """What a mail program posts to when the person wants no more reminders."""
    return f"{public_url}/api/reminders/{place.manage_url.rpartition('/')[2]}"


def sender_for(conference: Conference, resources: Resources) -> Mailbox:
    """People know the organiser, not us: theirs is the name, ours the address."""
    own = resources.sender
    name = f"{conference.organiser} via {own.name}" if own.name else conference.organiser
    return Mailbox(name, own.address)


def _email(
    kind: Kind,
    place: Place,
    identity: Identity,
    resources: Resources,
    words: dict[str, Any],
    calendars: list[Attachment],
    *,
    has_pass: bool,
    unsubscribing: Unsubscribing | None = None,
) -> Email:
    person, conference = place.person, place.conference
    content = about_place(place, qr_id=identity.qr_id, has_pass=has_pass, **words)
    letter = resources.own_words.write(conference.slug, kind, person.locale, content)
    return _enclose(letter, place, identity, resources, calendars, has_pass, unsubscribing)


def _enclose(
    letter: Letter,
    place: Place,
    identity: Identity,
    resources: Resources,
    calendars: list[Attachment],
    has_pass: bool,
    unsubscribing: Unsubscribing | None = None,
) -> Email:
    person, conference = place.person, place.conference
    language = resources.writer.languages[person.locale]
    files = list(calendars)
    if has_pass:
        files.append(Attachment("badge.pdf", "application/pdf", badge_pdf(place, language)))
    return compose(
        letter,
        identity,
        sender=sender_for(conference, resources),
        recipient=Mailbox(full_name(person), person.email),
        reply_to=Mailbox(conference.organiser, conference.contact_email),
        qr=qr_png(place.code) if has_pass else None,
        attachments=files,
        unsubscribing=unsubscribing,
    )


def _has_pass(place: Place, day: Day) -> bool:
    return place.status == "confirmed" and day.cancelled is None


def _calendars(place: Place, noted: Noted, day: Day, moment: datetime) -> list[Attachment]:
    """What to have, in one object; what to take out, one object each: a method is of an object."""
    calendars = []
    if calendar_of(place, day):
        content = published(place, moment, day.sessions)
        calendars.append(calendar_attachment("calendar.ics", "PUBLISH", content))
    for number, entry in enumerate(noted.withdrawn, start=1):
        name = "removed.ics" if number == 1 else f"removed-{number}.ics"
        calendars.append(calendar_attachment(name, "CANCEL", withdrawn(place, entry, moment)))
    return calendars

"""What is past its time goes by itself: the people of a day, some months after it. Counts stay.

Organisers are told four weeks before, and nothing goes that they were not told of in time. An
operator's command waits for nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select, update

from services.registration.access.forgetting import erase_door_keys, named_door_keys
from services.registration.access.members import members_of
from services.registration.base import tables
from services.registration.base.person import locale_of
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from services.registration.people.erasing import erase
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_all
from services.registration.programme.retention import evidence_until, kept_until
from services.registration.programme.telling import conference_of
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.certificates import RealisationChanged
from shared.events.registration import RetentionEnding

TOLD_BEFORE = timedelta(weeks=4)
ONE_JOB = 300  # people: well within a lease

_LIVING = (
    select(tables.Registration.conference_id, func.count())
    .where(tables.Registration.erased_at.is_(None))
    .group_by(tables.Registration.conference_id)
)

_EVIDENCE = select(tables.Conference.id, tables.Conference.evidence_until).where(
    tables.Conference.evidence_until.is_not(None)
)
_DOORS = select(tables.ApiToken.conference_id).where(named_door_keys()).distinct()


@dataclass(frozen=True)
class Kept:
    """A day whose people are still known, or who held its doors, and when they go."""

    conference: Conference
    until: date
    people: int

    def is_past(self, today: date) -> bool:
        return self.until <= today


def read_kept(desk: Desk) -> list[Kept]:
    """Every day that still has people, or door keys with a name: volunteers are people of the day.
    The one that is longest past first."""
    with desk.database.read() as connection:
        people: dict[int, int] = dict(connection.execute(_LIVING).all())
        doors = set(connection.execute(_DOORS).scalars())
        days = load_all(connection)
        evidence: dict[int, date | None] = dict(connection.execute(_EVIDENCE).all())
    found = [
        Kept(
            day,
            kept_until(day, desk.retention_months, evidence.get(day.id)),
            people.get(day.id, 0),
        )
        for day in days
        if day.id in people or day.id in doors
    ]
    return sorted(found, key=lambda each: each.until)


def keep_evidence(connection: Connection, day: Conference, said: RealisationChanged) -> None:
    """For as long as the certificats de réalisation of the day say, whatever else ends it earlier;
    written down as the act of whoever saved them. Again, or overtaken, changes nothing."""
    evidence = said.kept_until
    before = evidence_until(connection, day)
    is_newer = connection.execute(
        update(tables.Conference)
        .where(tables.Conference.id == day.id, tables.Conference.evidence_revision < said.revision)
        .values(evidence_until=evidence, evidence_revision=said.revision)
    )
    if not is_newer.rowcount:
        return
    if before != evidence:  # what organisers were told no longer holds
        connection.execute(
            update(tables.Conference)
            .where(tables.Conference.id == day.id)
            .values(retention_told_at=None)
        )
    what = "realisation.changed" if said.wanted else "realisation.stopped"
    differs = before != evidence
    note(
        connection,
        Actor(said.actor_kind, said.actor),
        what,
        conference_id=day.id,
        before={"evidence_until": before} if before and differs else None,
        after={"evidence_until": evidence} if evidence and differs else None,
    )


def purge(desk: Desk, kept: Kept, by: Actor = SYSTEM, most: int | None = None) -> int:
    """Erase the people of a day, `most` of them; how many were. Again goes on with the others."""
    with desk.database.read() as connection:
        ids = connection.execute(
            select(tables.Registration.id)
            .where(
                tables.Registration.conference_id == kept.conference.id,
                tables.Registration.erased_at.is_(None),
            )
            .order_by(tables.Registration.id)
            .limit(most)
        ).scalars()
        registrations = list(ids)
    for registration_id in registrations:
        erase(desk, registration_id, by)
    _end(desk, kept, by, len(registrations))
    return len(registrations)


def look(desk: Desk) -> bool:
    """The daily look: tell whoever is to be told, erase who has been kept for long enough. Whether
    more is left to do now."""
    today = now().date()
    days = read_kept(desk)
    for kept in days:
        if kept.people and kept.until - TOLD_BEFORE <= today:
            tell(desk, kept)
    left = ONE_JOB
    for kept in days:
        if kept.is_past(today) and (not kept.people or _told_in_time(desk, kept)):
            left -= purge(desk, kept, most=left)
            if not left:
                return True
    return False


@retried
def tell(desk: Desk, kept: Kept) -> None:
    """Each organiser of the day, once."""
    day = kept.conference
    with desk.database.begin() as connection:
        told = connection.execute(
            update(tables.Conference)
            .where(tables.Conference.id == day.id, tables.Conference.retention_told_at.is_(None))
            .values(retention_told_at=now())
        )
        if not told.rowcount:
            return
        goes_on = max(kept.until, now().date() + TOLD_BEFORE)
        for email in _organisers(connection, day):
            event = RetentionEnding(
                email=email,
                conference=conference_of(day, desk.links),
                locale=locale_of(day.language),
                people=kept.people,
                erased_on=goes_on,
                url=f"{desk.links.public_url}/organiser/{day.slug}",
            )
            desk.log.append(connection, event)
        after = {"people": kept.people, "date": goes_on}
        note(connection, SYSTEM, "people.ending", conference_id=day.id, after=after)


def _organisers(connection: Connection, day: Conference) -> Sequence[str]:
    """Those of this day; where it has none of its own, those of every day."""
    members = [each for each in members_of(connection, day.id) if each.role == "organiser"]
    own = [each.email for each in members if not each.everywhere]
    return own or [each.email for each in members]


def _told_in_time(desk: Desk, kept: Kept) -> bool:
    with desk.database.read() as connection:
        told = connection.execute(
            select(tables.Conference.retention_told_at).where(
                tables.Conference.id == kept.conference.id
            )
        ).scalar_one()
    # by dates, as it was announced: the look of that night may begin a moment earlier than theirs
    return told is not None and told.date() + TOLD_BEFORE <= now().date()


@retried
def _end(desk: Desk, kept: Kept, by: Actor, people: int) -> None:
    """Who held the doors goes too. Again, when nobody is left, says nothing."""
    day = kept.conference
    with desk.database.begin() as connection:
        keys = erase_door_keys(desk, connection, day.id)
        if people or keys:
            after = {"people": people}
            note(connection, by, "people.purged", conference_id=day.id, after=after)

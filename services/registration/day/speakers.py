"""The speakers of a day, certified when it is closed: what each of them gave, by the programme."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Connection, select

from services.registration.day.certifying import as_certified
from services.registration.day.presence import Attended, total_minutes
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from shared.bus.logged import LoggedEvent
from shared.events.registration import Person, SpeakerCertified
from shared.events.speakers import speaker_id


def certify_speakers(desk: Desk, connection: Connection, conference: Conference) -> None:
    """Once for each name of the programme, however often the day is closed."""
    given: dict[str, list[Attended]] = defaultdict(list)
    for session in conference.sessions:
        for name in {" ".join(speaker.name.split()) for speaker in session.speakers} - {""}:
            given[name].append(Attended(session, ((session.starts_at, session.ends_at),)))
    for name, sessions in given.items():
        identity = speaker_id(conference.slug, name)
        if not _said(connection, identity):
            _say(desk, connection, conference, identity, name, sessions)


def _said(connection: Connection, identity: UUID) -> bool:
    known = select(LoggedEvent.number).where(LoggedEvent.id == str(identity))
    return connection.execute(known).first() is not None


def _say(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    identity: UUID,
    name: str,
    sessions: list[Attended],
) -> None:
    desk.log.append(
        connection,
        SpeakerCertified(
            speaker_id=str(identity),
            person=Person(
                first_name="",
                last_name=name,
                email="",
                locale="en" if conference.language == "en" else "fr",
            ),
            conference=conference_of(conference, desk.links),
            sessions=as_certified(sessions),
            minutes=total_minutes(sessions),
        ),
        subject=str(identity),
        id=identity,
    )

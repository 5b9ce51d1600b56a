"""Forgetting a speaker of a day: their name, biography and portrait go from the programme, from all
that it ever was, from its history, and from what was said of it; every service hears that it must
go there too.

What an organiser wrote about them in running text is theirs to change. A certificate that was made
for them is erased like a participant's.
"""

from dataclasses import asdict

import yaml
from sqlalchemy import Connection, select, update

from services.registration.base import tables
from services.registration.base.refusals import NotFound
from services.registration.base.timers import recount
from services.registration.desk import Desk
from services.registration.editing.showing import PROFILES
from services.registration.history.acts import Actor, note
from services.registration.history.tables import Act, ProgrammeVersion
from services.registration.history.versions import keep_version
from services.registration.pictures.keeping import forget_unshown
from services.registration.programme import telling
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import (
    bump_version,
    load_conference,
    load_conference_by_id,
    lock_conference,
)
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.base.transactions import retried
from shared.bus.rewriting import unsay_speaker
from shared.events.registration import ConferenceChanged, SpeakerErased
from shared.events.speakers import names_without, speaker_id, without_speaker


@retried
def erase_speaker(desk: Desk, slug: str, name: str, actor: Actor) -> None:
    """Raises NotFound for a name that no version of the programme has. Again is harmless."""
    with desk.database.begin() as connection:
        conference = lock_conference(connection, load_conference(connection, slug).id)
        erased = str(speaker_id(slug, name))
        found = [
            _from_programme(connection, conference, erased),
            _from_versions(connection, conference, erased),
        ]
        if not any(found):
            raise NotFound
        forget_unshown(connection, conference.id)
        _from_history(connection, conference, erased)
        bump_version(connection, conference)
        after = load_conference_by_id(connection, conference.id)
        keep_version(connection, after, actor)
        if after.stage == "published":
            desk.log.append(connection, _as_it_is(desk, after))
        unsay_speaker(connection, slug, erased)
        gone = SpeakerErased(conference=slug, speaker_id=erased, erased_at=now())
        desk.log.append(connection, gone, subject=erased)
        note(connection, actor, "speaker.erased", conference_id=conference.id)
        recount(connection, slug, after.version)
        forget_overwritten(connection)
    desk.programmes.forget(slug)


def _as_it_is(desk: Desk, conference: Conference) -> ConferenceChanged:
    """Without what differs, which has the name."""
    facts = {"differences": (), "tell": False}
    return telling.programme(ConferenceChanged, conference, desk.links, **facts)


def speakers_of(conference: Conference) -> list[str]:
    """Every name of the programme, once."""
    return sorted({each.name for session in conference.sessions for each in session.speakers})


def _from_programme(connection: Connection, conference: Conference, erased: str) -> bool:
    found = False
    for session in conference.sessions:
        left = [s for s in session.speakers if str(speaker_id(conference.slug, s.name)) != erased]
        if len(left) < len(session.speakers):
            found = True
            speakers = [asdict(each) for each in left]
            of_session = tables.Session.id == session.id
            connection.execute(update(tables.Session).where(of_session).values(speakers=speakers))
    return found


def _from_versions(connection: Connection, conference: Conference, erased: str) -> bool:
    kept = select(ProgrammeVersion.number, ProgrammeVersion.document).where(
        ProgrammeVersion.conference_id == conference.id
    )
    found = False
    for number, document in connection.execute(kept).all():
        programme = yaml.safe_load(document)
        left = without_speaker(conference.slug, erased, programme)
        for session in left["sessions"]:
            if not session["speakers"]:
                del session["speakers"]
        if left != programme:
            found = True
            connection.execute(
                update(ProgrammeVersion)
                .where(
                    ProgrammeVersion.conference_id == conference.id,
                    ProgrammeVersion.number == number,
                )
                .values(
                    document=yaml.safe_dump(left, allow_unicode=True, sort_keys=False, width=96)
                )
            )
    return found


def _from_history(connection: Connection, conference: Conference, erased: str) -> None:
    """An act that names them says no more what it changed: acts are blanked, never rewritten."""
    acts = select(Act.id, Act.before, Act.after).where(
        Act.conference_id == conference.id, Act.what.like("programme.%")
    )
    naming = [
        act.id
        for act in connection.execute(acts).all()
        if any(
            (name.endswith(".speakers") or name == PROFILES)
            and names_without(conference.slug, erased, value) != value
            for fields in (act.before, act.after)
            for name, value in fields.items()
        )
    ]
    connection.execute(update(Act).where(Act.id.in_(naming)).values(before={}, after={}))

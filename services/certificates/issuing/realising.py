"""The certificats de réalisation: what follows when their facts are saved, whenever that is.

A document that went out says what it says: other facts make another certificate, with a code of its
own, and the old one verifies as replaced. Who took theirs back, or whose was revoked, keeps that.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from services.certificates.base import records
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record
from services.certificates.issuing import certifying
from services.certificates.issuing.asking import ask_for_realisations
from services.certificates.realisation import versions
from services.certificates.realisation.facts import Facts
from services.certificates.realisation.versions import Version
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.events.certificates import RealisationChanged


@retried
def save(
    database: Database,
    log: EventLog,
    conference: str,
    facts: Facts,
    pictures: Mapping[str, bytes],
    picture: bytes,
    *,
    by: str,
    revision: int,
) -> None:
    """From now on they are issued, and say this; those that say otherwise are replaced, and their
    holders told. Raises Overtaken. The same again changes nothing."""
    with database.begin() as connection:
        before = versions.newest(connection, conference)
        if before is not None and before.wanted:
            same = replace(before, facts=facts, pictures=pictures)
            if not versions.differing(before, same):
                return
        saved = versions.add(
            connection, conference, facts, pictures, picture, wanted=True, by=by, revision=revision
        )
        _say(connection, log, before, saved)
        ask_for_realisations(connection, conference)


@retried
def stop(database: Database, log: EventLog, conference: str, by: str) -> None:
    """No more are issued; those that are out go on counting, and their evidence is kept."""
    with database.begin() as connection:
        before = versions.newest(connection, conference)
        if before is None or not before.wanted:
            return
        picture = versions.drawn(connection, conference)
        saved = versions.add(
            connection, conference, before.facts, before.pictures, picture, wanted=False, by=by
        )
        _say(connection, log, before, saved)


def wanted_of(connection: Connection, day: Record, mint: Mint, job_key: str) -> Record | None:
    """The one that somebody whose day is certified is to get by the facts in force; none when they
    have it, or are to have none."""
    number = versions.in_force(connection, day.conference)
    if number is None or day.state != "valid":
        return None
    known = [
        record
        for record in records.of_registration(connection, day.registration_id)
        if record.variant == "realisation" and record.attendance_version == day.attendance_version
    ]
    last = known[-1] if known else None
    if last is not None and (
        last.state not in ("valid", "superseded") or last.realisation == number
    ):
        return None
    facts = versions.by_number(connection, number)
    if last is not None and last.realisation is not None and _say_the_same(connection, last, facts):
        return None
    return certifying.realisation_of_day(
        day,
        number,
        facts.saved_at,
        mint,
        edition=last.edition + 1 if last else 1,
        job_key=job_key,
    )


def _say_the_same(connection: Connection, record: Record, facts: Version) -> bool:
    """Facts that were stopped and wanted again, or only until when the evidence is kept."""
    made_of = versions.by_number(connection, record.realisation or 0)
    return set(versions.differing(made_of, facts)) <= {"paid_in"}


def _say(connection: Connection, log: EventLog, before: Version | None, saved: Version) -> None:
    log.append(
        connection,
        RealisationChanged(
            conference=saved.conference,
            actor_kind="organiser",
            actor=saved.saved_by,
            revision=saved.number,
            wanted=saved.wanted,
            changed=tuple(versions.differing(before, saved)),
            kept_until=versions.kept_until(connection, saved.conference),
        ),
    )

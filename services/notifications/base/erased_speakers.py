"""Forgetting a speaker: their name goes from every programme that is kept, and from the inbox."""

import json
from typing import Any

from sqlalchemy import Connection, select, update

from services.notifications.base.tables import KnownConference, KnownProgramme
from shared.bus.rewriting import unsay_speaker, wait_until_filed
from shared.events.registration import PROGRAMMES, SpeakerErased
from shared.events.speakers import differences_without, without_speaker


def erase_speaker(connection: Connection, erased: SpeakerErased) -> None:
    """Raises Later while a programme is being noted, which may be one of before."""
    wait_until_filed(connection, PROGRAMMES)
    slug, speaker = erased.conference, erased.speaker_id
    unsay_speaker(connection, slug, speaker)
    for table in (KnownConference, KnownProgramme):
        kept = select(table.version, table.programme).where(table.slug == slug)
        for version, programme in connection.execute(kept.with_for_update()).all():
            if programme is None:
                continue
            connection.execute(
                update(table)
                .where(table.slug == slug, table.version == version)
                .values(programme=_dumped(without_speaker(slug, speaker, json.loads(programme))))
            )
    told = select(KnownProgramme.version, KnownProgramme.differences)
    for version, differences in connection.execute(told.where(KnownProgramme.slug == slug)).all():
        left = differences_without(slug, speaker, json.loads(differences))
        connection.execute(
            update(KnownProgramme)
            .where(KnownProgramme.slug == slug, KnownProgramme.version == version)
            .values(differences=_dumped(left))
        )


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Certificats de réalisation, as events tell where they are: whoever issues them keeps them, and a
funder's file has a copy of each.

The link is the holder's own, so it is known here until they are erased, and no longer.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, delete, select, update

from services.sheets.base.tables import Day, Participant, Realisation
from shared.base.database import upsert
from shared.events import Event
from shared.events.certificates import HeldCertificate


@dataclass(frozen=True)
class Issued:
    """Somebody's newest one. `path` of the service `source`, with the key that opens it; none of
    whoever was erased. `name` is empty of whoever is not known here."""

    registration_id: str
    source: str
    path: str
    name: str

    @property
    def code(self) -> str:
        """As it is printed on the document."""
        return PurePosixPath(urlsplit(self.path).path).stem


def keep_realisation(connection: Connection, event: Event[HeldCertificate]) -> None:
    """Where it is now; what comes late, or of whoever was erased, is not kept.

    The day is locked, as by an erasure: none is kept beside one.
    """
    told = event.data
    url = told.download_url if told.kind == "realisation" else told.realisation_url
    if not url:
        return
    slug = told.conference.slug
    connection.execute(select(Day.slug).where(Day.slug == slug).with_for_update())
    who = Participant.registration_id == told.registration_id
    if connection.execute(select(Participant.status).where(who)).scalar() == "erased":
        return
    address = urlsplit(url)
    statement = upsert(connection, Realisation).values(
        registration_id=told.registration_id,
        conference=slug,
        source=event.source,
        path=f"{address.path}?{address.query}",
        told_at=event.time,
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Realisation.registration_id],
            set_={"source": new.source, "path": new.path, "told_at": new.told_at},
            where=Realisation.told_at < new.told_at,
        )
    )


def realisations_of(connection: Connection, slug: str) -> list[Issued]:
    """Of a conference, by name; also those of whoever was erased."""
    return _found(connection, Realisation.conference == slug)


def realisation_of(connection: Connection, registration_id: str) -> Issued | None:
    return next(iter(_found(connection, Realisation.registration_id == registration_id)), None)


def forget_realisation(connection: Connection, registration_id: str) -> None:
    """That there was one stays, so that a funder's file can say that it is without it."""
    connection.execute(
        update(Realisation).where(Realisation.registration_id == registration_id).values(path="")
    )


def forget_realisations(connection: Connection, slug: str) -> None:
    connection.execute(delete(Realisation).where(Realisation.conference == slug))


def _found(connection: Connection, which: ColumnElement[bool]) -> list[Issued]:
    rows = connection.execute(
        select(
            Realisation.registration_id,
            Realisation.source,
            Realisation.path,
            Participant.first_name,
            Participant.last_name,
        )
        .outerjoin(Participant, Participant.registration_id == Realisation.registration_id)
        .where(which)
        .order_by(Participant.last_name, Participant.first_name, Realisation.registration_id)
    )
    return [
        Issued(
            row.registration_id,
            row.source,
            row.path,
            f"{row.last_name or ''} {row.first_name or ''}".strip(),
        )
        for row in rows
    ]

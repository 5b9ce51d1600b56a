"""Forgetting what is known of a registration, or who made it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.notifications.base.tables import KnownPlace
from shared.base.database import upsert
from shared.events.registration import Place


def forget(connection: Connection, registration_id: str, moment: datetime) -> None:
    """Keep nothing but that the registration was erased."""
    nothing = {
        "seats": "",
        "place": None,
        "calendar": "[]",
        "reminders": False,
        "erased_at": moment,
    }
    connection.execute(
        upsert(connection, KnownPlace)
        .values(registration_id=registration_id, revision=0, **nothing)
        .on_conflict_do_update(index_elements=[KnownPlace.registration_id], set_=nothing)
    )


def forget_colleague(connection: Connection, registration_ids: Collection[str]) -> None:
    """Who registered these people was erased."""
    of_them = KnownPlace.registration_id.in_(registration_ids)
    known = select(KnownPlace.registration_id, KnownPlace.place).where(of_them).with_for_update()
    for registration_id, written in connection.execute(known).all():
        if written is None:
            continue
        place = Place.model_validate_json(written).model_copy(update={"registered_by": None})
        connection.execute(
            update(KnownPlace)
            .where(KnownPlace.registration_id == registration_id)
            .values(place=place.model_dump_json(include=set(Place.model_fields)))
        )

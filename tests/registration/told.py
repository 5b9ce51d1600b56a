"""What was said about people, and what was written down."""

import json

from sqlalchemy import select

from services.registration.desk import Desk
from services.registration.history.acts import Actor, history
from shared.bus.logged import LoggedEvent

ORGANISER = Actor("organiser", "boss@example.org")


def events(desk: Desk) -> list[dict]:
    about_people = select(LoggedEvent.envelope).where(LoggedEvent.type.not_like("conference.%"))
    with desk.database.read() as connection:
        found = connection.execute(about_people.order_by(LoggedEvent.number)).scalars()
        return [json.loads(envelope) for envelope in found]


def acts(desk: Desk, registration_id: str) -> list[dict]:
    with desk.database.read() as connection:
        return history(connection, registration_id=registration_id)

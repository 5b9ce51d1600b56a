"""A place of which handouts are made, and the programme it is of."""

from datetime import UTC, datetime

from shared.events.registration import Conference, Person, Place, Seat, Session

NOW = datetime(2019, 10, 1, 8, 30, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """On the day, in UTC; Paris is an hour ahead."""
    return datetime(2019, 11, 7, hour, minute, tzinfo=UTC)


def place(**changes: object) -> Place:
    workshop = Seat(
        session="atelier-1",
        title="Atelier 1 : « Des territoires d'innovation »",
        kind="workshop",
        room="Salle République",
        starts_at=at(9, 15),
        ends_at=at(12, 15),
        state="held",
    )
    waited_for = workshop.model_copy(update={"session": "atelier-2", "state": "waiting"})
    fields = {
        "registration_id": "r1",
        "code": "K7PX-4MDR",
        "revision": 3,
        "status": "confirmed",
        "person": Person(first_name="Élodie", last_name="Lefèvre-Dûment", email="e@ville.example"),
        "conference": Conference(
            slug="jn",
            title="Journée nationale — « L'innovation »",
            organiser='Alliance "Villes" Emploi, Paris',
            venue="Palais des congrès de Montreuil",
            address="128 rue de Paris",
            city="Montreuil",
            timezone="Europe/Paris",
            starts_at=at(8),
            ends_at=at(16),
            url="https://emarge.example/c/jn",
            contact_email="contact@villes.example",
        ),
        "seats": (workshop, waited_for),
        "manage_url": "https://emarge.example/r/secret",
    }
    return Place(**{**fields, **changes})


def session(name: str, begin: datetime, end: datetime, **more: object) -> Session:
    facts = {"title": name.capitalize(), "kind": "plenary", "chosen": False}
    return Session(session=name, starts_at=begin, ends_at=end, **{**facts, **more})


PROGRAMME = (
    session("ouverture", at(9), at(9, 15), room="Auditorium"),
    session("atelier-1", at(9, 15), at(12, 15), chosen=True),
    session("atelier-3", at(9, 15), at(12, 15), chosen=True),
    session("cloture", at(16), at(16)),
)
BOAT = {"venue": "River's King", "address": "Paris"}


def named(first: str, last: str) -> Place:
    return place(person=Person(first_name=first, last_name=last, email="e@ville.example"))

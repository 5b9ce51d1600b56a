"""The day that the lists of these tests are of: two slots of workshops, whose titles have in them
what separates titles elsewhere."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.registration.programme.facts import Conference, Kind, Session
from shared.base.clock import now

ZONE = ZoneInfo("Europe/Paris")
ON = now().date() + timedelta(weeks=3)


def session(
    number: int, slug: str, title: str, hour: int, kind: Kind = "workshop", places: int | None = 40
) -> Session:
    starts = datetime(ON.year, ON.month, ON.day, hour, tzinfo=ZONE)
    return Session(
        id=number,
        slug=slug,
        kind=kind,
        title=title,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        capacity=places,
        required=False,
    )


def conference(*sessions: Session, on: date = ON) -> Conference:
    return Conference(
        id=1,
        version=1,
        slug="day",
        title="Une journée",
        organiser="L’association",
        contact_email="contact@example.org",
        language="fr",
        timezone="Europe/Paris",
        date=on,
        venue="La salle",
        address="",
        city="Montreuil",
        description="",
        starts_at=sessions[0].starts_at,
        ends_at=sessions[-1].ends_at,
        opens_at=None,
        closes_at=None,
        closed_at=None,
        workshop_presence="scanned",
        sessions=sessions,
    )


OPENING = session(1, "ouverture", "Ouverture", 9, "plenary", None)
DAY = conference(
    OPENING,
    session(2, "accueil", "Accueillir, orienter, accompagner", 10),
    session(3, "droits", "Droits ; recours : que faire ?", 10),
    session(4, "numerique", "Le numérique et l’emploi", 10),
    session(5, "sante", "Santé au travail – agir tôt", 14),
    session(6, "jeunes", "Les jeunes « invisibles »", 14),
    session(7, "soiree", "Soirée", 19, "party"),
)
NUMBERED = conference(
    OPENING,
    session(2, "un", "Atelier 1 – Accueillir", 10),
    session(3, "deux", "Atelier 2 – Orienter", 10),
    session(4, "trois", "Atelier 3 – Les droits", 14),
    session(5, "quatre", "Atelier 4 – La santé", 14),
)

"""A day that is under way: two rooms at once, people in them, and whoever comes to its pages."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
from sqlalchemy import select

from services.sheets.base.records import SheetRecord, sheets_by_conference
from services.sheets.base.tables import EntryRow
from services.sheets.hosts import letters
from services.sheets.lists.days import follow, keep_day, programme_of
from services.sheets.lists.expected import Person, expected
from services.sheets.lists.people import keep_person
from services.sheets.pages.at_desk import Desk
from services.sheets.pages.organiser.here import AREA
from shared.base.clock import now
from shared.events.registration import (
    Conference,
    Place,
    Programme,
    RegistrationCancelled,
    RegistrationConfirmed,
    Seat,
    Session,
)
from shared.events.registration import Person as Attendee
from shared.pages.visitors import Visitor, way_in
from shared.words.codes import new_code

SLUG = "journee"
ZONE = "Europe/Paris"
ROOMS = {"atelier-1": "Salle A", "atelier-2": "Salle B"}
LINE = "[[[1000, 5000], [3000, 2000], [5000, 8000], [9000, 4000]]]"


@dataclass(frozen=True)
class Attending:
    """Somebody registered; `link` is what they were sent."""

    id: str
    code: str
    last_name: str
    link: str
    place: Place


@dataclass(frozen=True)
class Room:
    """The day and what only those who run it can do."""

    desk: Desk

    @property
    def sheets(self) -> list[SheetRecord]:
        with self.desk.database.read() as connection:
            return sheets_by_conference(connection, SLUG)

    def sheet(self, session: str = "atelier-1") -> SheetRecord:
        return next(each for each in self.sheets if each.unit == session)

    def begin(self, starts_at: datetime | None = None, version: int = 1, wing: str = "") -> None:
        """Two workshops side by side, for three hours, since half an hour."""
        start = starts_at or now() - timedelta(minutes=30)
        end = start + timedelta(hours=3)
        programme = Programme(
            conference=Conference(
                slug=SLUG,
                title="Journée des villes",
                organiser="Villes",
                venue="Mairie",
                city="Lyon",
                timezone=ZONE,
                starts_at=start - timedelta(minutes=30),
                ends_at=end + timedelta(minutes=30),
                url=f"{self.desk.settings.public_url}/c/{SLUG}",
                contact_email="villes@example.org",
            ),
            sessions=tuple(
                Session(
                    session=slug,
                    title=f"L'eau et la ville {room[-1]}",
                    kind="workshop",
                    starts_at=start,
                    ends_at=end,
                    room=f"{room}{wing}",
                    chosen=True,
                    counts=True,
                )
                for slug, room in ROOMS.items()
            ),
            programme_version=version,
        )
        with self.desk.database.begin() as connection:
            keep_day(connection, programme)
            follow(connection, self.desk.signing.log, SLUG, "session")

    def begin_elsewhere(self) -> str:
        """A sheet of another conference."""
        said = {**self._programme().model_dump(), "programme_version": 1}
        said["conference"]["slug"] = "elsewhere"
        with self.desk.database.begin() as connection:
            keep_day(connection, Programme.model_validate(said))
            follow(connection, self.desk.signing.log, "elsewhere", "session")
        with self.desk.database.read() as connection:
            return sheets_by_conference(connection, "elsewhere")[0].id

    def move(self, by: timedelta, version: int, wing: str = "") -> None:
        self.begin(self.sheet().starts_at + by, version, wing)
        with self.desk.database.begin() as connection:
            letters.follow(connection, SLUG)

    def attends(
        self,
        first_name: str = "Zoé",
        last_name: str = "N’Diaye",
        session: str = "atelier-1",
        organisation: str = "Ville de Lyon",
    ) -> Attending:
        code, token = new_code(10, 5), f"{uuid4()}.e.{uuid4().hex}"
        sheet = self.sheet(session)
        place = RegistrationConfirmed(
            registration_id=str(uuid4()),
            code=code,
            revision=1,
            status="confirmed",
            person=Attendee(
                first_name=first_name,
                last_name=last_name,
                email="z@example.org",
                organisation=organisation,
            ),
            conference=self._programme().conference,
            seats=(
                Seat(
                    session=session,
                    title=sheet.title,
                    kind="workshop",
                    starts_at=sheet.starts_at,
                    ends_at=sheet.ends_at,
                    state="held",
                ),
            ),
            manage_url=f"{self.desk.settings.public_url}/r/{token}",
        )
        self._keep(place)
        return Attending(place.registration_id, code, last_name, place.manage_url, place)

    def cancels(self, who: Attending) -> None:
        said = {**who.place.model_dump(), "revision": 2, "status": "cancelled", "seats": ()}
        self._keep(RegistrationCancelled.model_validate(said))

    def shown(self, session: str = "atelier-1", at: datetime | None = None) -> str:
        """The code on the screen."""
        return self.desk.codes.shown(self.sheet(session).id, at or now()).code

    def people(self, session: str = "atelier-1") -> dict[str, Person]:
        with self.desk.database.read() as connection:
            people = expected(connection, self.sheet(session).id)
        return {each.registration_id: each for each in people}

    def signed(self, session: str = "atelier-1") -> list[str]:
        """Names of whoever has signed."""
        return sorted(each.name for each in self.people(session).values() if each.signed_at)

    def entries(self, session: str = "atelier-1") -> int:
        with self.desk.database.read() as connection:
            of_sheet = select(EntryRow.number).where(EntryRow.sheet_id == self.sheet(session).id)
            return len(connection.execute(of_sheet).all())

    def _programme(self) -> Programme:
        with self.desk.database.read() as connection:
            programme = programme_of(connection, SLUG)
        assert programme is not None
        return programme

    def _keep(self, place: Place) -> None:
        with self.desk.database.begin() as connection:
            keep_person(connection, self.desk.signing.log, place)


def organiser(client: httpx.Client, desk: Desk, role: str = "organiser") -> httpx.Client:
    """Let in by registration; a pass becomes a cookie."""
    who = Visitor(SLUG, role, "o@example.org", "session:1", "organiser:1", time.time())
    answer = client.get(way_in(who, AREA, "", desk.settings.keys))
    client.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
    return client

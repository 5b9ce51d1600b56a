"""What tests of the service share: people who were there, and documents made in no time."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from services.certificates.badges.seal import Seal
from services.certificates.base.badges import Badges
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.preservation import Preserver
from services.certificates.base.printing import Printed
from services.certificates.base.records import Record, every
from services.certificates.issuing.badging import SealedBadges
from services.certificates.issuing.equipment import announced
from services.certificates.organising.revoking import Revoker, revoke
from services.certificates.resources import Resources
from services.certificates.service import service
from services.certificates.signing.signers import Signers
from shared.base.clock import now
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow, receive
from shared.events import Event, Payload, new_event
from shared.events.registration import (
    AttendanceCertified,
    AttendedSession,
    AttendeeErased,
    Conference,
    Person,
)
from shared.storage import Storage, open_storage
from shared.testing import drain

PUBLIC_URL = "https://emarge.example"
TOKEN = "a token of sixteen letters and more"
ORGANISER = "emarge_the-token-of-an-organiser"
STARTS = datetime(2026, 5, 7, 7, 0, tzinfo=UTC)
BADGE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAMESPACE = UUID("00000000-0000-5000-8000-000000000000")


@dataclass
class PlainDocuments:
    """`Documents` that writes the record down; `fails` is raised instead, while it is set.
    `unprinted` are signs that it cannot write."""

    signer: x509.Certificate | None = None
    template: str = "plain"
    fails: Exception | None = None
    unprinted: str = ""
    made: int = 0
    on_print: Callable[[Record], None] = lambda _record: None

    def look_again(self) -> None: ...

    def print(self, record: Record, _credential: str = "") -> Printed:
        if self.fails is not None:
            raise self.fails
        self.made += 1
        self.on_print(record)
        text = f"%PDF {self.template} {record.code} {record.holder} {record.issued_at.isoformat()}"
        lacking = "".join(sign for sign in self.unprinted if sign in record.holder)
        return Printed(
            text.encode() + lacking.encode(),
            template=self.template,
            path="fast",
            signer=self.signer,
            unprinted=lacking,
        )


@dataclass
class House:
    """The service on one database and one storage, its work done by `work()`."""

    database: Database
    folder: Path
    storage: Storage
    badges: Badges
    documents: PlainDocuments = field(default_factory=PlainDocuments)
    preserver: Preserver | None = None
    position: int = 0

    @property
    def resources(self) -> Resources:
        with self.database.read() as connection:
            mint = Mint.of(connection)
        return Resources(
            database=self.database,
            storage=self.storage,
            documents=self.documents,
            signers=Signers(),
            log=EventLog("certificates"),
            links=Links(PUBLIC_URL),
            mint=mint,
            badges=self.badges,
            preserver=self.preserver,
        )

    def seal(self, seal: Seal) -> None:
        """What badges are signed with from now on, as if the worker had started anew."""
        announced(seal, self.database)
        self.badges = SealedBadges(self.database, seal)

    def receive(self, *events: Event[Payload]) -> None:
        """File the events as the intake does; one that is there already changes nothing."""
        envelopes = []
        for event in events:
            self.position += 1
            envelopes.append(event.model_dump(mode="json") | {"position": self.position})
        with self.database.begin() as connection:
            receive(connection, "registration", envelopes, service.lanes)

    def code(self, registration_id: str = "r-1", attendance_version: int = 1) -> str:
        return self.record(registration_id, attendance_version).code

    def link(self, registration_id: str = "r-1", attendance_version: int = 1) -> str:
        """The path of the holder's link."""
        record = self.record(registration_id, attendance_version)
        return self.resources.links.download(record).removeprefix(PUBLIC_URL)

    def revoke(self, code: str, reason: str = "saisie par erreur") -> None:
        by = Revoker("organiser", "boss@example.org")
        revoke(self.database, EventLog("certificates"), code, reason, by)

    def work(self) -> int:
        return drain(service, self.database, self.resources)

    def issue(self, *events: Event[Payload]) -> None:
        self.receive(*events)
        self.work()

    def published(self) -> list[dict[str, Any]]:
        """The events of the service's feed."""
        return [json.loads(event) for event in eventlog.page(self.database, 0, 1000).events]

    def records(self) -> list[Record]:
        with self.database.read() as connection:
            return list(every(connection, None))

    def record(self, registration_id: str = "r-1", attendance_version: int = 1) -> Record:
        """The certificate of one version of someone's attendance; the last edition of it."""
        return [
            record
            for record in self.records()
            if (record.registration_id, record.attendance_version)
            == (registration_id, attendance_version)
        ][-1]

    def files(self) -> list[str]:
        """The keys of everything kept."""
        folder = Path(self.folder)
        return sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )

    def file(self, record: Record) -> bytes:
        return self.storage.get(record.storage_key(record.sha256 or ""))

    def jobs(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(*JobRow.__table__.columns).order_by(JobRow.id)))

    def at_once(self) -> None:
        """Let the waiting jobs be due now, whatever their back-off."""
        with self.database.begin() as connection:
            connection.execute(
                update(JobRow).where(JobRow.state == "waiting").values(next_at=now())
            )


def open_house(database: Database, folder: Path) -> House:
    seal = Seal(PUBLIC_URL, BADGE_KEY)
    house = House(database, folder, open_storage(str(folder)), SealedBadges(database, seal))
    house.seal(seal)
    return house


def certified(
    registration_id: str = "r-1",
    attendance_version: int = 1,
    *,
    first_name: str = "Zoë",
    last_name: str = "Ñandú",
    email: str = "zoe@example.org",
    organisation: str = "Ville de Łódź",
    sessions: int = 2,
    locale: str = "fr",
    slug: str = "journee-2026",
) -> Event[AttendanceCertified]:
    """The closed day's record of one person; the same arguments give the same event."""
    attended = tuple(
        AttendedSession(
            session=f"s{number}",
            title=f"Atelier {number}",
            kind="workshop",
            starts_at=STARTS + timedelta(hours=number),
            ends_at=STARTS + timedelta(hours=number, minutes=45),
            minutes=45,
        )
        for number in range(1, sessions + 1)
    )
    data = AttendanceCertified(
        registration_id=registration_id,
        attendance_version=attendance_version,
        person=Person(
            first_name=first_name,
            last_name=last_name,
            email=email,
            organisation=organisation,
            locale=locale,
        ),
        conference=Conference(
            slug=slug,
            title="Journée nationale",
            organiser="Alliance Villes Emploi",
            venue="Palais des congrès",
            city="Montreuil",
            timezone="Europe/Paris",
            starts_at=STARTS,
            ends_at=STARTS + timedelta(hours=9),
            url=f"{PUBLIC_URL}/c/{slug}",
            contact_email="contact@example.org",
        ),
        sessions=attended,
        minutes=45 * sessions,
        manage_url=f"{PUBLIC_URL}/r/secret",
    )
    identity = uuid5(NAMESPACE, f"{registration_id}/{attendance_version}")
    event = new_event("registration", data, subject=registration_id, id=identity)
    return event.model_copy(update={"time": STARTS + timedelta(hours=10)})


def erased(registration_id: str = "r-1") -> Event[AttendeeErased]:
    data = AttendeeErased(registration_id=registration_id, erased_at=STARTS + timedelta(days=30))
    identity = uuid5(NAMESPACE, f"{registration_id}/erased")
    return new_event("registration", data, subject=registration_id, id=identity)

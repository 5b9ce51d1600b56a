"""A day whose sheets are signed: its programme, its people, and the service that hears of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from services.sheets.base.records import SheetRecord, id_of, sheet_by_id
from services.sheets.base.tables import EntryRow
from services.sheets.base.units import UnitKind
from services.sheets.chain.entries import Entry
from services.sheets.chain.faults import Fault
from services.sheets.chain.reading import entries_of
from services.sheets.chain.verifying import verify_sheet
from services.sheets.lists.choices import Purpose
from services.sheets.lists.choosing import choose
from services.sheets.lists.expected import Person as OnSheet
from services.sheets.lists.expected import expected
from services.sheets.pictures.album import opener
from services.sheets.pictures.keyring import picture_keys
from services.sheets.pictures.strokes import Strokes
from services.sheets.resources import Resources
from services.sheets.service import service
from services.sheets.signing.signing import By, Signed, Signing, sign
from shared.base.clock import now
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow, receive
from shared.events import Payload, new_event
from shared.events.registration import (
    AttendeeErased,
    Conference,
    ConferenceChanged,
    ConferencePublished,
    Person,
    Place,
    RegistrationConfirmed,
    Seat,
    Session,
)
from shared.events.sheets import AttendanceSigned
from shared.storage import open_storage
from shared.testing import drain

DAY = "journee"
MORNING = datetime(2030, 5, 7, 7, 0, tzinfo=UTC)  # nine o'clock in Paris
TOKEN = SecretStr("a token of sixteen letters and more")
KEYS = (SecretStr("pictures of signatures of 2030"),)
PHONE = By("person", source="phone")
TABLET = By("tablet", "Tablette 1", "tablet")
HOST = By("host", "Ada Lovelace", "host")
ORGANISER = By("organiser", "office@example.org", "")

CONFERENCE = Conference(
    slug=DAY,
    title="Journée",
    organiser="Sheets",
    venue="Maison",
    city="Lyon",
    timezone="Europe/Paris",
    starts_at=MORNING,
    ends_at=MORNING + timedelta(hours=9),
    url="https://emarge.example/c/journee",
    contact_email="contact@example.org",
)


def session(name: str, start: float, end: float, **said: Any) -> Session:
    """Hours after the morning."""
    return Session(
        session=name,
        title=said.pop("title", name.title()),
        kind="talk",
        starts_at=MORNING + timedelta(hours=start),
        ends_at=MORNING + timedelta(hours=end),
        room=said.pop("room", "A"),
        chosen=said.pop("chosen", False),
        counts=said.pop("counts", True),
        **said,
    )


OPENING = session("opening", 0, 1)
LEFT, RIGHT = session("left", 1.5, 3, chosen=True), session("right", 1.5, 3, chosen=True, room="B")
CLOSING = session("closing", 5, 7)
SESSIONS = (OPENING, LEFT, RIGHT, CLOSING)
BY_NAME = {each.session: each for each in SESSIONS}


def place(who: str, *seats: str, kind: type[Place] = RegistrationConfirmed, **said: Any) -> Place:
    """Somebody's place, as an event tells it."""
    named = Person(
        first_name=said.pop("first_name", "Zoé"),
        last_name=said.pop("last_name", who.title()),
        email=f"{who}@example.org",
        organisation=said.pop("organisation", "CNRS"),
    )
    held = tuple(
        Seat(
            session=name,
            title=name,
            kind="workshop",
            starts_at=BY_NAME[name].starts_at,
            ends_at=BY_NAME[name].ends_at,
            state="held",
        )
        for name in seats
    )
    return kind(
        registration_id=who,
        code=f"CODE-{who}",
        revision=said.pop("revision", 1),
        status=said.pop("status", "confirmed"),
        person=named,
        conference=CONFERENCE,
        seats=held,
        manage_url=f"https://emarge.example/r/token-of-{who}",
        **said,
    )


def drawing(shift: int = 0) -> Strokes:
    """A signature; another for each shift."""
    points = [[500 + 90 * step + shift, 4000 + (step * 613) % 3000] for step in range(40)]
    return Strokes.parse(json.dumps([points[:25], points[25:]]).encode())


@dataclass
class House:
    """The service on one database; `at` sets the clock, in hours after the morning. `feeds`: where
    other services answer."""

    database: Database
    folder: Path
    set_clock: Callable[[datetime], None]
    position: int = 0
    feeds: dict[str, str] = field(default_factory=dict)
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        signing = Signing(self.database, picture_keys(KEYS), EventLog("sheets"))
        self.resources = Resources(
            signing, open_storage(str(self.folder)), (TOKEN,), feeds=self.feeds
        )

    @property
    def signing(self) -> Signing:
        return self.resources.signing

    def at(self, hour: float) -> datetime:
        moment = MORNING + timedelta(hours=hour)
        self.set_clock(moment)
        return moment

    def hear(
        self, *said: Payload, subject: str | None = None, source: str = "registration"
    ) -> None:
        """Registration, or another service, tells it; the service does what follows."""
        envelopes = []
        for payload in said:
            self.position += 1
            about = subject or getattr(payload, "registration_id", None)
            event = new_event(source, payload, subject=about)
            envelopes.append(event.model_dump(mode="json") | {"position": self.position})
        with self.database.begin() as connection:
            receive(connection, source, envelopes, service.lanes)
        self.work()

    def work(self) -> None:
        drain(service, self.database, self.resources)
        with self.database.read() as connection:
            failed = connection.execute(
                select(JobRow.type, JobRow.error).where(
                    JobRow.state != "done", JobRow.error.is_not(None)
                )
            ).all()
        assert not failed

    def tell_programme(self, *sessions: Session, version: int = 1) -> None:
        said = {
            "conference": CONFERENCE,
            "sessions": sessions or SESSIONS,
            "programme_version": version,
        }
        if version == 1:
            self.hear(ConferencePublished(**said))
        else:
            self.hear(ConferenceChanged(**said, differences=(), tell=False))

    def choose(self, unit: UnitKind = "session", purpose: Purpose = "own") -> None:
        with self.database.begin() as connection:
            choose(connection, self.resources.log, DAY, unit, purpose, actor="office@example.org")
        self.work()

    def erase(self, who: str) -> None:
        erased = AttendeeErased(registration_id=who, conference=DAY, erased_at=self.at_now())
        self.hear(erased)

    def at_now(self) -> datetime:
        return now()

    def sheet(self, unit: str) -> SheetRecord:
        with self.database.read() as connection:
            return sheet_by_id(connection, id_of(DAY, unit))

    def people(self, unit: str) -> dict[str, OnSheet]:
        with self.database.read() as connection:
            return {each.registration_id: each for each in expected(connection, id_of(DAY, unit))}

    def entries(self, unit: str) -> list[Entry]:
        with self.database.read() as connection:
            return entries_of(connection, id_of(DAY, unit))

    def faults(self, unit: str) -> list[Fault]:
        with self.database.read() as connection:
            opens = opener(connection, self.signing.keyring)
            return [*verify_sheet(connection, id_of(DAY, unit), opens)]

    def sign(self, who: str, unit: str = "opening", key: str = "", **said: Any) -> Signed:
        """On their own phone, now, unless it is said otherwise."""
        return sign(
            self.signing,
            id_of(DAY, unit),
            who,
            by=said.get("by", PHONE),
            at=said.get("at", self.at_now()),
            strokes=said.get("strokes", drawing()),
            key=key or f"{who}/{unit}",
        )

    def told(self) -> list[dict[str, Any]]:
        """What was said of presence, in order."""
        events = map(json.loads, eventlog.page(self.database, 0).events)
        return [each["data"] for each in events if each["type"] == AttendanceSigned.type]

    def count_entries(self) -> int:
        with self.database.read() as connection:
            return len(connection.execute(select(EntryRow.number)).all())

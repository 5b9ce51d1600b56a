"""300 people who sign on their own phones, in ten rooms, over HTTP and against a real web process:
five times as fast as in five minutes, on SQLite and on PostgreSQL. None lost, none twice.

Each reads the code of their room's screen, says who they are, draws, and presses twice. What is
timed is every request, from the phone's side.
"""

import asyncio
import json
import re
import ssl
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import func, select

from bench.processor import processor_seconds
from bench.report import Report
from bench.signatures import drawn
from bench.stage import Stage, await_ready
from deploy.local.postgres import PrivatePostgres
from services.sheets.base.records import sheets_by_conference
from services.sheets.base.settings import SheetsSettings
from services.sheets.base.tables import EntryRow
from services.sheets.chain.verifying import verify_sheet
from services.sheets.lists.days import follow, keep_day
from services.sheets.lists.people import keep_person
from services.sheets.pictures.album import opener
from services.sheets.pictures.keyring import picture_keys
from services.sheets.room.codes import RoomCodes
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.logged import LoggedEvent
from shared.events.parts import Conference, Session
from shared.events.registration import Person, Programme, RegistrationConfirmed, Seat
from shared.events.sheets import AttendanceSigned
from shared.words.codes import new_code

ROOMS, PHONES = 10, 300
SECONDS = 60.0  # over which they come: a fifth of five minutes
SLUG = "phones"


@dataclass
class Crowd:
    """`seconds` of every request; `signed` of those that sign alone; `wrong`: answers that should
    not be; `again`: how many were asked twice."""

    url: str
    origin: str
    codes: RoomCodes
    strokes: str
    seconds: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    again: int = 0
    _tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)  # costly, and unused

    async def come(self, people: list[tuple[str, RegistrationConfirmed]]) -> None:
        async with asyncio.TaskGroup() as group:
            for number, (sheet, place) in enumerate(people):
                group.create_task(self._sign(number * SECONDS / len(people), sheet, place))

    async def _sign(self, after: float, sheet: str, place: RegistrationConfirmed) -> None:
        await asyncio.sleep(after)
        page = f"/sheets/sign/{sheet}"
        async with httpx.AsyncClient(
            base_url=self.url, timeout=30, trust_env=False, verify=self._tls
        ) as phone:
            code = self.codes.shown(sheet, now()).code
            await self._ask(phone, 303, "GET", f"/sheets/here/{sheet}/{code}")
            await self._ask(phone, 200, "GET", page)
            who = {"last_name": place.person.last_name, "code": place.code}
            await self._ask(phone, 303, "POST", f"{page}/who", data=who)
            shown = await self._ask(phone, 200, "GET", page)
            key = re.search(r'name="key" value="([^"]+)"', shown.text)
            said = {"key": key[1] if key else "", "strokes": self.strokes}
            begun = len(self.seconds)
            await asyncio.gather(
                *(self._ask(phone, 303, "POST", page, data=said) for _ in range(2))
            )
            self.signed += self.seconds[begun:]
            await self._ask(phone, 200, "GET", page)

    async def _ask(
        self, phone: httpx.AsyncClient, status: int, method: str, path: str, **said: Any
    ) -> httpx.Response:
        begun = time.perf_counter()
        try:
            answer = await phone.request(method, path, headers={"Origin": self.origin}, **said)
        except httpx.RemoteProtocolError:
            # The connection had been idle for as long as the server keeps one: browsers ask again.
            self.again += 1
            answer = await phone.request(method, path, headers={"Origin": self.origin}, **said)
        self.seconds.append(time.perf_counter() - begun)
        if answer.status_code != status:
            self.wrong.append(f"{method} {path}: {answer.status_code}")
        return answer


def run(report: Report) -> None:
    with ExitStack() as opened:
        postgres = opened.enter_context(PrivatePostgres(durable=True))
        _measure(report, "SQLite", None)
        _measure(report, "PostgreSQL", postgres.create_database)


def _measure(report: Report, where: str, create: Callable[[str], str] | None) -> None:
    with Stage.open(database=create) as stage:
        settings = _settings(stage)
        database = Database.open(stage.database_of("sheets"))
        people = _prepare(database)
        web = stage.start(stage.program("sheets-web"))
        port = stage.stack.ports.web("sheets")
        await_ready(port)
        crowd = Crowd(
            f"http://localhost:{port}",
            settings.public_url,
            RoomCodes(settings.keys),
            json.dumps(drawn().lines),
        )
        before = processor_seconds([web])
        asyncio.run(crowd.come(people))
        after = processor_seconds([web])
        with database.read() as connection:
            entries = connection.execute(select(func.count()).select_from(EntryRow)).scalar_one()
            told = connection.execute(
                select(func.count()).where(LoggedEvent.type == AttendanceSigned.type)
            ).scalar_one()
            opens = opener(connection, picture_keys(settings.picture_keys))
            sheets = sheets_by_conference(connection, SLUG)
            verified = [verify_sheet(connection, sheet.id, opens) for sheet in sheets]
        database.close()
    for line in sorted({*crowd.wrong})[:5]:
        report.figure(line, crowd.wrong.count(line), of=0)
    report.figure(f"{where}: signatures of {PHONES} phones", entries, of=PHONES)
    report.figure(f"{where}: told as evidence", told, of=PHONES)
    report.figure(f"{where}: sheets that verify", sum(not each for each in verified), of=ROOMS)
    report.bound(f"{where}: p95 of a signature", _p95(crowd.signed), " s", at_most=0.2)
    report.bound(f"{where}: p95 of any request", _p95(crowd.seconds), " s", at_most=0.2)
    report.figure(f"{where}: requests whose connection had ended", crowd.again)
    if before is not None and after is not None:
        spent = (after - before) / len(crowd.seconds)
        report.figure(f"{where}: processor for a request", spent * 1000, " ms")
    report.figure(f"{where}: requests a second", len(crowd.seconds) / SECONDS, "/s")


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _settings(stage: Stage) -> SheetsSettings:
    known = stage.stack.environment("sheets", "web")
    return SheetsSettings(
        service="sheets",
        secret_key=known["EMARGE_SECRET_KEY"],
        service_token=known["EMARGE_SERVICE_TOKEN"],
        picture_keys=known["EMARGE_PICTURE_KEYS"],
        public_url=known["EMARGE_PUBLIC_URL"],
    )


def _prepare(database: Database) -> list[tuple[str, RegistrationConfirmed]]:
    """Everybody's place, with the sheet of the room that they are in."""
    log, starts_at = EventLog("sheets"), now() - timedelta(minutes=20)
    ends_at = starts_at + timedelta(hours=3)
    programme = Programme(
        conference=Conference(
            slug=SLUG,
            title="Journée de mesure",
            organiser="Emarge",
            venue="Palais des congrès",
            city="Montreuil",
            timezone="Europe/Paris",
            starts_at=starts_at,
            ends_at=ends_at,
            url=f"https://emarge.example/c/{SLUG}",
            contact_email="bench@emarge.example",
        ),
        sessions=tuple(
            Session(
                session=f"room-{room}",
                title=f"Atelier {room}",
                kind="workshop",
                starts_at=starts_at,
                ends_at=ends_at,
                room=f"Salle {room}",
                chosen=True,
                counts=True,
            )
            for room in range(ROOMS)
        ),
        programme_version=1,
    )
    places = [_place(number, programme) for number in range(PHONES)]
    with database.begin() as connection:
        keep_day(connection, programme)
        follow(connection, log, SLUG, "session")
        for place in places:
            keep_person(connection, log, place)
        sheets = {each.unit: each.id for each in sheets_by_conference(connection, SLUG)}
    return [(sheets[place.seats[0].session], place) for place in places]


def _place(number: int, programme: Programme) -> RegistrationConfirmed:
    session = programme.sessions[number % ROOMS]
    return RegistrationConfirmed(
        registration_id=f"phone-{number}",
        code=new_code(10, 5),
        revision=1,
        status="confirmed",
        person=Person(
            first_name="Zoé", last_name=f"Lefèvre {number}", email=f"p{number}@ville.example"
        ),
        conference=programme.conference,
        seats=(
            Seat(
                session=session.session,
                title=session.title,
                kind="workshop",
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                state="held",
            ),
        ),
        manage_url=f"https://emarge.example/r/{number:040}",
    )

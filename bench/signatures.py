"""A conference's people who all sign at the same moment, on PostgreSQL: none lost, none twice.

Each presses twice, on two devices. What is timed is the use case, transaction and event included;
then the chains that came of it are verified.
"""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

from pydantic import SecretStr
from sqlalchemy import func, insert, select

from bench.report import Report
from deploy.local.postgres import PrivatePostgres
from deploy.services import ROOT
from services.sheets.base.records import SheetRecord, sheets_by_conference
from services.sheets.base.tables import EntryRow, Participant, Sheet
from services.sheets.chain.entries import first_previous
from services.sheets.chain.verifying import verify_sheet
from services.sheets.pictures.album import opener
from services.sheets.pictures.keyring import picture_keys
from services.sheets.pictures.strokes import Strokes
from services.sheets.signing.signing import By, Signed, Signing, sign
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.migrations import migrate

ROOMS, PEOPLE = 10, 300  # people of each room
HANDS = 8
SLUG = "signed"


def prepare(database: Database) -> list[SheetRecord]:
    """Rooms that are going on, each with people of its own."""
    with database.begin() as connection:
        for room in range(ROOMS):
            values = {
                "id": f"{room:032x}",
                "conference": SLUG,
                "unit": f"room-{room}",
                "title": f"Room {room}",
                "room": "",
                "starts_at": now() - timedelta(minutes=20),
                "ends_at": now() + timedelta(hours=2),
                "sessions": [f"room-{room}"],
                "open_to_all": True,
                "state": "open",
                "length": 0,
                "head": first_previous(f"{room:032x}"),
                "seal": 0,
            }
            connection.execute(insert(Sheet).values(values))
        people = [
            {
                "registration_id": f"{room}-{person}",
                "revision": 1,
                "conference": SLUG,
                "status": "confirmed",
                "code": "",
                "first_name": "Zoé",
                "last_name": f"Number {person}",
                "organisation": "CNRS",
                "locale": "fr",
                "link_digest": "",
            }
            for room, person in product(range(ROOMS), range(PEOPLE))
        ]
        connection.execute(insert(Participant), people)
        return sheets_by_conference(connection, SLUG)


def drawn() -> Strokes:
    """Of the size that a finger draws: some hundred points."""
    chance = random.Random(1)  # noqa: S311  a made-up signature
    return Strokes(
        tuple(
            tuple((200 + 60 * step, chance.randint(2000, 8000)) for step in range(50))
            for _ in range(3)
        )
    )


def run(report: Report) -> None:
    with PrivatePostgres(durable=True) as postgres:
        database = Database.open(postgres.create_database("sheets"), pool_size=HANDS)
        migrate(database, ROOT / "services" / "sheets")
        sheets = prepare(database)
        keyring = picture_keys([SecretStr("a key for benches alone")])
        signing = Signing(database, keyring, EventLog("sheets"))
        strokes = drawn()

        def press(sheet: SheetRecord, person: int, device: int) -> tuple[float, Signed]:
            who = f"{sheet.unit.removeprefix('room-')}-{person}"
            started = time.perf_counter()
            signed = sign(
                signing,
                sheet.id,
                who,
                by=By("person", source="phone"),
                at=now(),
                strokes=strokes,
                key=f"{who}/{device}",
            )
            return time.perf_counter() - started, signed

        presses = [*product(sheets, range(PEOPLE), range(2))]
        random.Random(2).shuffle(presses)  # noqa: S311  the same order each time
        with ThreadPoolExecutor(HANDS) as hands:
            started = time.perf_counter()
            answers = [*hands.map(lambda each: press(*each), presses)]
            elapsed = time.perf_counter() - started
        signed_anew = sum(not signed.again for _, signed in answers)
        with database.read() as connection:
            entries = connection.execute(select(func.count()).select_from(EntryRow)).scalar_one()
            opens = opener(connection, keyring)
            started = time.perf_counter()
            verified = [verify_sheet(connection, sheet.id, opens) for sheet in sheets]
            verifying = time.perf_counter() - started
        database.close()
    seconds = [each for each, _ in answers]
    report.figure("signed", signed_anew, of=ROOMS * PEOPLE)
    report.figure("entries", entries, of=ROOMS * PEOPLE)
    report.figure("sheets that verify", sum(not each for each in verified), of=ROOMS)
    report.figure("signatures a second, each pressed twice", len(presses) / elapsed, "/s")
    p95 = statistics.quantiles(seconds, n=20)[-1]
    report.bound(f"p95, {HANDS} at a time", p95, " s", at_most=0.2)
    report.figure("entries verified a second, with their pictures", entries / verifying, "/s")

"""Certificates a second through the whole system, a worker process, against the engine alone.

From the event in registration's log, through feed, inbox and worker, to the PDF on disk and
`certificate.issued` in the feed. Baseline: the engine in a loop, in one process of its own, making
the same documents with the same key, in the same run. By the clock.

One worker on SQLite, as `make up` has it, and on PostgreSQL; two on PostgreSQL, which whoever adds
workers has.
"""

import multiprocessing
import statistics
import time
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from uuid import uuid4

import httpx

from bench.report import Report
from bench.stage import SLUG, Stage, await_ready
from deploy.local.home import secrets_of
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PrivatePostgres
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.designs.particulars import Particulars
from services.certificates.engine import Press, Template, compile_template
from services.certificates.issuing import certifying
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.documents.signing import Signer
from shared.events import new_event
from shared.events.registration import AttendanceCertified, AttendedSession, Conference, Person

COUNT = 400
WARM = 60  # more than a process compares both ways at first
ROUNDS = 3
PATIENCE = 180.0
OPENS = datetime.fromisoformat("2026-05-07T07:00:00+00:00")
FIRST = ("Zoë", "Łukasz", "Ana", "Marie-Hélène", "Søren", "Jürgen", "Nuño", "Đorđe", "Chloë", "Åsa")
LAST = ("Kowalczyk", "Dupont", "O’Brien", "García", "Ångström", "Çelik", "Nguyễn", "Lefèvre")
TITLES = ("Plénière d’ouverture", "Atelier 2 : « Le développement soutenable »", "Remise des prix")


def run(report: Report) -> None:
    with Stage.open() as stage:
        line = _line(stage)
        on_sqlite = statistics.median(line.issue(COUNT) for _ in range(ROUNDS))
        bare = _bare(stage)
    with (
        PrivatePostgres(durable=True) as postgres,
        Stage.open(database=lambda service: postgres.create_database(service)) as stage,
    ):
        line = _line(stage)
        alone = statistics.median(line.issue(2 * COUNT) for _ in range(ROUNDS))
        stage.start_processes("certificates-worker")
        line.issue(4 * WARM)
        together = statistics.median(line.issue(4 * COUNT) for _ in range(ROUNDS))
    report.ratio(
        "event → inbox → worker → PDF stored → event published, one worker process",
        on_sqlite,
        bare,
        "the engine alone",
        at_least=0.25,
    )
    report.ratio("the same on PostgreSQL", alone, bare, "the engine alone")
    report.ratio("two worker processes on it", together, alone, "one worker process", at_least=1.8)


def _line(stage: Stage) -> "_Line":
    """Everything that one worker needs, warm."""
    stage.start_web(processes=1)
    for name in ("certificates-intake", "certificates-web", "certificates-worker"):
        stage.start_processes(name)
    await_ready(stage.stack.ports.web("certificates"))
    line = _Line(stage)
    line.issue(WARM)
    return line


class _Line:
    """People certified by registration, until certificates has said of each that theirs is out."""

    def __init__(self, stage: Stage) -> None:
        settings = stage.stack.environment("registration")
        self._database = Database.open(stage.database_of("registration"))
        self._log = EventLog("registration", Nudge(settings["EMARGE_REDIS_URL"], "registration"))
        token = secrets_of(stage.stack.home)["EMARGE_SERVICE_TOKEN"]
        self._feed = httpx.Client(
            base_url=f"http://{LOOPBACK}:{stage.stack.ports.web('certificates')}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        )
        self._position = 0
        self._number = 0

    def issue(self, count: int) -> float:
        """Certificates a second, from the first that was published to the last."""
        with self._database.begin() as connection:
            for _ in range(count):
                self._number += 1
                person = certified(self._number)
                self._log.append(connection, person, subject=person.registration_id)
        moments: list[datetime] = []
        deadline = time.monotonic() + PATIENCE
        while len(moments) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(moments)} of {count} certificates")
            answer = self._feed.get("/events", params={"after": self._position, "limit": 1000})
            events = answer.raise_for_status().json()["events"]
            self._position += len(events)
            moments += [datetime.fromisoformat(event["time"]) for event in events]
            time.sleep(1.0)  # as a consumer that hears no nudge asks
        return (count - 1) / (max(moments) - min(moments)).total_seconds()


def certified(number: int) -> AttendanceCertified:
    """The nth person: names and numbers of sessions vary."""
    sessions = tuple(
        AttendedSession(
            session=f"s{index}",
            title=TITLES[index % len(TITLES)],
            kind="workshop",
            starts_at=OPENS + timedelta(hours=index),
            ends_at=OPENS + timedelta(hours=index, minutes=40 + number % 11),
            minutes=40 + number % 11,
        )
        for index in range(3 + number % 3)
    )
    return AttendanceCertified(
        registration_id=str(uuid4()),
        attendance_version=1,
        person=Person(
            first_name=FIRST[number % len(FIRST)],
            last_name=f"{LAST[number // 10 % len(LAST)]} {LAST[number // 80 % len(LAST)]}",
            email=f"personne.{number}@ville.example",
            organisation="Maison de l’emploi",
        ),
        conference=Conference(
            slug=SLUG,
            title="Journée de mesure",
            organiser="Emarge",
            venue="Palais des congrès",
            city="Montreuil",
            timezone="Europe/Paris",
            starts_at=OPENS,
            ends_at=OPENS + timedelta(hours=9),
            url="https://emarge.example/c/bench",
            contact_email="bench@emarge.example",
        ),
        sessions=sessions,
        minutes=sum(session.minutes for session in sessions),
        manage_url="https://emarge.example/r/bench",
    )


def _bare(stage: Stage) -> float:
    """Certificates a second of a process that does nothing but print them."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    key = (stage.stack.home / "signing" / "signing.pem").read_bytes()
    process = context.Process(target=_print, args=(theirs, key))
    process.start()
    if not ours.poll(PATIENCE):
        raise TimeoutError("the engine alone says nothing")
    rate = float(ours.recv())
    process.join()
    return rate


def _print(bench: Connection, key: bytes) -> None:
    signer = Signer.from_pem(key)
    particulars = Particulars(Links("http://localhost:8000"), "", "")
    mint = Mint(b"a secret of the bench")
    people = [new_event("registration", certified(number)) for number in range(WARM + COUNT)]
    rows = [certifying.of_attendance(person, mint, workshops=False)[0] for person in people]
    values = [particulars.values(row) for row in rows]
    with Press() as press:
        compiled = compile_template(Template.from_folder(), values[:2], press)
        for each in values[:WARM]:
            compiled.render(each, signer)
        started = time.perf_counter()
        for each in values[WARM:]:
            compiled.render(each, signer)
        bench.send(COUNT / (time.perf_counter() - started))

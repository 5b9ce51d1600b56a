"""Registrations a second through the HTTP API, against pgbench with the same writes and clients.

Baseline: pgbench on the same server with as many clients, over 5 rows: one transaction of the
writes that a registration cannot do without: the conditional UPDATE of the seat, the INSERT of the
registration, the INSERT of its event. Five workshops in turn, and one that everybody wants. Of a
lone request: one that goes alone, as a colleague's does. On SQLite: a loop of the same writes in
one process, each durable by itself.
"""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.load import Address, fire, post
from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PrivatePostgres, binary

PROCESSES = 2
WARM_UP = 800
# By clients: how many are counted, and how much of pgbench they are to reach.
LOADS = {1: (500, None), 16: (4000, 0.35), 64: (6000, 0.6)}
SLOWEST = 150.0  # ms, for 99 of 100 at 64 clients
LONE = 1.0  # ms, for a lone request beyond one that goes without the writer of groups
BASELINE_SECONDS = 5

TABLES = """
CREATE TABLE seat (id int PRIMARY KEY, taken int NOT NULL, capacity int NOT NULL);
INSERT INTO seat SELECT n, 0, 100000000 FROM generate_series(1, 5) n;
CREATE TABLE registration (id bigserial PRIMARY KEY, email text UNIQUE, data text);
CREATE TABLE event (id bigserial PRIMARY KEY, body text);
"""
TRANSACTION = """
\\set seat random(1, 5)
BEGIN;
UPDATE seat SET taken = taken + 1 WHERE id = :seat AND taken < capacity;
INSERT INTO registration (email, data) VALUES (gen_random_uuid()::text, repeat('x', 200));
INSERT INTO event (body) VALUES (repeat('x', 1500));
COMMIT;
"""


@dataclass(frozen=True)
class Load:
    """What a load came to: rates a second, milliseconds."""

    rate: float
    median: float
    p99: float
    processor: float  # of the web processes, for one registration
    accepted: int


def pgbench(postgres: PrivatePostgres, clients: int, seconds: int = BASELINE_SECONDS) -> float:
    """Transactions a second of the bare writes."""
    url = postgres.create_database("baseline").replace("+psycopg", "")
    subprocess.run([binary("psql"), "-q", url, "-c", TABLES], check=True)  # noqa: S603  PostgreSQL's own program
    with TemporaryDirectory() as folder:
        script = Path(folder) / "registration.sql"
        script.write_text(TRANSACTION)
        done = subprocess.run(  # noqa: S603  the same
            [
                *(binary("pgbench"), "-n", "-M", "prepared", "-f", str(script)),
                *("-c", str(clients), "-j", str(min(2, clients)), "-T", str(seconds), url),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    postgres.drop_database("baseline")
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


class Desks:
    """The web processes of a stage, and people who have not registered yet."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._addresses = [Address(LOOPBACK, port) for port in stage.start_web(PROCESSES)]
        self._webs = [run.pid for run in stage.running if "registration-web" in run.program.name]
        self._people = count()

    def load(self, clients: int, people: int, *, hot: bool = False) -> Load:
        requests = [self._request(next(self._people), hot=hot) for _ in range(people)]
        spent, started = self._processor(), time.perf_counter()
        answers = fire(self._addresses[:clients], requests, clients)
        seconds, spent = time.perf_counter() - started, self._processor() - spent
        times = sorted(answer.seconds * 1000 for answer in answers)
        return Load(
            people / seconds,
            times[people // 2],
            times[int(people * 0.99)],
            spent * 1000 / people,
            sum(answer.status == 201 for answer in answers),
        )

    def lone(self, people: int) -> tuple[float, float]:
        """Medians, in milliseconds, of requests that come one by one: by the writer of groups, and,
        in turn with them, alone."""
        path = self._stage.registrations_path
        requests = []
        for _ in range(people):
            requests.append(self._request(next(self._people), hot=False))
            body = registration_body(next(self._people))
            consent = body.pop("consent")
            group = {"registered_by": "Camille", "people": [body], "consent": consent}
            requests.append(post(f"{path}/colleagues", group))
        times = [answer.seconds * 1000 for answer in fire(self._addresses[:1], requests, 1)]
        return median(times[::2]), median(times[1::2])

    def _request(self, number: int, *, hot: bool) -> bytes:
        body = registration_body(number)
        return post(
            self._stage.registrations_path, {**body, "sessions": ["atelier-1"]} if hot else body
        )

    def _processor(self) -> float:
        """Seconds that they have worked; 0 where the system does not tell."""
        stats = [Path(f"/proc/{pid}/stat") for pid in self._webs]
        ticks = [stat.read_text().rsplit(")", 1)[1].split() for stat in stats if stat.exists()]
        return sum(int(of[11]) + int(of[12]) for of in ticks) / os.sysconf("SC_CLK_TCK")


def run(report: Report) -> None:
    with PrivatePostgres(durable=True) as postgres:
        before = {clients: pgbench(postgres, clients) for clients in LOADS}
        with Stage.open(database=postgres.create_database) as stage:
            desks = Desks(stage)
            desks.load(16, WARM_UP)
            lone, alone = desks.lone(LOADS[1][0])
            five = {clients: desks.load(clients, of) for clients, (of, _) in LOADS.items()}
            hot = {
                clients: desks.load(clients, of, hot=True)
                for clients, (of, _) in LOADS.items()
                if clients > 1
            }
        baseline = {
            clients: (before[clients] + pgbench(postgres, clients)) / 2 for clients in LOADS
        }
    for clients, load in five.items():
        _tell(report, clients, load, baseline[clients], hot.get(clients))
    report.figure("a lone request, median", lone, " ms")
    report.bound("the same beyond one that goes alone", lone - alone, " ms", at_most=LONE)
    _on_sqlite(report)


def _tell(report: Report, clients: int, load: Load, baseline: float, hot: Load | None) -> None:
    people, wanted = LOADS[clients]
    named = f"{clients} clients" if clients > 1 else "1 client"
    report.figure(f"{named}: accepted", load.accepted, of=people)
    report.ratio(
        f"{named}: registrations a second, HTTP API, {PROCESSES} web processes",
        load.rate,
        baseline,
        "pgbench, the same writes",
        at_least=wanted,
    )
    if load.processor:
        report.figure(f"{named}: processor of the web for one", load.processor, " ms")
    report.figure(f"{named}: median", load.median, " ms")
    if clients == max(LOADS):
        report.bound(f"{named}: 99 of 100", load.p99, " ms", at_most=SLOWEST)
    else:
        report.figure(f"{named}: 99 of 100", load.p99, " ms")
    if hot:
        report.figure(f"{named}, one workshop: accepted", hot.accepted, of=people)
        report.ratio(
            f"{named}: everybody wants one workshop",
            hot.rate,
            load.rate,
            "five in turn",
            at_least=0.9,
        )
        report.figure(f"{named}, one workshop: 99 of 100", hot.p99, " ms")


def _on_sqlite(report: Report) -> None:
    people = 3000
    with Stage.open() as stage:
        desks = Desks(stage)
        desks.load(16, WARM_UP)
        load = desks.load(16, people)
        baseline = _bare_sqlite(stage.stack.home / "bare.db")
    report.figure("SQLite, 16 clients: accepted", load.accepted, of=people)
    report.ratio(
        f"SQLite, 16 clients: registrations a second, {PROCESSES} web processes",
        load.rate,
        baseline,
        "one process, the same writes one by one",
        at_least=0.5,
    )
    report.figure("SQLite, 16 clients: 99 of 100", load.p99, " ms")


def _bare_sqlite(path: Path, seconds: float = BASELINE_SECONDS) -> float:
    """Transactions a second of the bare writes in one process."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(
            TABLES.replace("bigserial", "integer").replace(
                "SELECT n, 0, 100000000 FROM generate_series(1, 5) n",
                "VALUES (1, 0, 100000000)",
            )
        )
        ended = time.perf_counter() + seconds
        return sum(1 for _ in _bare_transactions(connection, ended)) / seconds


def _bare_transactions(connection: sqlite3.Connection, ended: float) -> Iterator[int]:
    said: Sequence[tuple[str, tuple[str, ...]]]
    for number in count():
        if time.perf_counter() > ended:
            return
        said = (
            ("BEGIN IMMEDIATE", ()),
            ("UPDATE seat SET taken = taken + 1 WHERE id = 1 AND taken < capacity", ()),
            ("INSERT INTO registration (email, data) VALUES (?, ?)", (str(number), "x" * 200)),
            ("INSERT INTO event (body) VALUES (?)", ("x" * 1500,)),
            ("COMMIT", ()),
        )
        for statement, given in said:
            connection.execute(statement, given)
        yield number

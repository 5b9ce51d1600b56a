"""Registrations a second through the HTTP API on PostgreSQL, against pgbench with the same writes.

Baseline: pgbench on the same server, 16 clients over 5 rows, one transaction of the writes that a
registration cannot do without: the conditional UPDATE of the seat, the INSERT of the registration,
the INSERT of its event.
"""

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import Address, fire, post
from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PrivatePostgres, binary

CLIENTS = 16
WARM_UP, COUNTED = 800, 6000
BASELINE_SECONDS = 8

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


def pgbench(postgres: PrivatePostgres, seconds: int = BASELINE_SECONDS) -> float:
    """Transactions a second of the bare writes."""
    url = postgres.create_database("baseline").replace("+psycopg", "")
    subprocess.run([binary("psql"), "-q", url, "-c", TABLES], check=True)  # noqa: S603  PostgreSQL's own program
    with TemporaryDirectory() as folder:
        script = Path(folder) / "registration.sql"
        script.write_text(TRANSACTION)
        done = subprocess.run(  # noqa: S603  the same
            [
                *(binary("pgbench"), "-n", "-M", "prepared", "-f", str(script)),
                *("-c", str(CLIENTS), "-j", "2", "-T", str(seconds), url),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def run(report: Report) -> None:
    with PrivatePostgres(durable=True) as postgres:
        before = pgbench(postgres)
        postgres.drop_database("baseline")
        with Stage.open(database=lambda service: postgres.create_database(service)) as stage:
            ports = stage.start_web(processes=2)
            bodies = [
                post(stage.registrations_path, registration_body(number))
                for number in range(WARM_UP + COUNTED)
            ]
            addresses = [Address(LOOPBACK, port) for port in ports]
            fire(addresses, bodies[:WARM_UP], CLIENTS)
            started = time.perf_counter()
            answers = fire(addresses, bodies[WARM_UP:], CLIENTS)
            rate = COUNTED / (time.perf_counter() - started)
        after = pgbench(postgres)
    accepted = sum(answer.status == 201 for answer in answers)
    baseline = (before + after) / 2
    report.figure("registrations accepted", accepted, of=COUNTED)
    report.ratio(
        "registrations a second, HTTP API, 2 web processes, 16 clients",
        rate,
        baseline,
        "pgbench, the same writes",
        at_least=0.12,
    )

"""The cost of the 100,000th registration against the 1,000th, on PostgreSQL.

All of them through the API; what is timed is a sample of a thousand, with as many people as are
there by then.
"""

import statistics

from bench.load import Address, fire, post
from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PrivatePostgres

EARLY, LATE = 1_000, 100_000
SAMPLE = 1_000
CLIENTS = 4


def run(report: Report) -> None:
    with (
        PrivatePostgres() as postgres,
        Stage.open(database=lambda service: postgres.create_database(service)) as stage,
    ):
        addresses = [Address(LOOPBACK, port) for port in stage.start_web(processes=2)]

        def register(first: int, last: int, clients: int) -> list[float]:
            requests = [
                post(stage.registrations_path, registration_body(number))
                for number in range(first, last)
            ]
            answers = fire(addresses, requests, clients)
            refused = [answer.status for answer in answers if answer.status != 201]
            if refused:
                raise RuntimeError(f"{len(refused)} registrations refused: {refused[0]}")
            return [answer.seconds for answer in answers]

        register(0, EARLY, CLIENTS)
        early = statistics.median(register(EARLY, EARLY + SAMPLE, CLIENTS))
        register(EARLY + SAMPLE, LATE, clients=16)
        late = statistics.median(register(LATE, LATE + SAMPLE, CLIENTS))
    report.ratio(
        "median seconds of the 100,000th registration",
        late,
        early,
        "the 1,000th",
        at_most=1.3,
        unit=" s",
    )

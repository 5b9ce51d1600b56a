"""Registrations while Redis is down, or there but silent, against the same with Redis up.

Baseline: p99 of the same load on the same processes before Redis goes and after it is back. The
load is even and below what the processes can take, so that what is compared is waiting for Redis.
"""

import signal
from itertools import count

from bench.load import Address, fire, post
from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.ports import LOOPBACK, answers
from deploy.local.postgres import PrivatePostgres
from shared.testing import eventually

CLIENTS, RATE = 8, 40
WARM_UP, COUNTED = 200, 1000


def run(report: Report) -> None:
    with (
        PrivatePostgres(durable=True) as postgres,
        Stage.open(database=lambda service: postgres.create_database(service)) as stage,
    ):
        addresses = [Address(LOOPBACK, port) for port in stage.start_web(processes=2)]
        people = count()

        def p99(requests: int = COUNTED) -> float:
            """Milliseconds."""
            bodies = [
                post(stage.registrations_path, registration_body(next(people)))
                for _ in range(requests)
            ]
            given = fire(addresses, bodies, CLIENTS, RATE)
            refused = [answer.status for answer in given if answer.status != 201]
            if refused:
                raise RuntimeError(f"{len(refused)} registrations refused: {refused[0]}")
            return sorted(answer.seconds for answer in given)[int(requests * 0.99)] * 1000

        p99(WARM_UP)
        before = p99()
        redis = next(run for run in stage.running if run.program.name == "redis")
        redis.signal(signal.SIGSTOP)
        silent = p99()
        redis.kill()
        stage.running.remove(redis)
        down = p99()
        stage.start(redis.program)
        eventually(lambda: answers(stage.stack.ports.redis))
        up = (before + p99()) / 2
    for what, measured in (("down", down), ("silent", silent)):
        report.ratio(
            f"p99 of a registration with Redis {what}, {RATE}/s",
            measured,
            up,
            "with Redis up",
            at_most=1.5,
            unit=" ms",
        )

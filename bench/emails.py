"""From the 201 to the email accepted by the server; emails, and notices of a change, a second.

Notices are measured against the emails of the backlog, and those against a bare SMTP loop, by one
worker and by two; what an email costs them is told in processor time as well.

Baseline: smtplib in a loop over one kept connection, sending one of these emails to the same sink,
in the same run: before the backlog is sent and after it.

The backlog stands there when the workers begin, so that they have the machine to themselves, as the
bare loop has; in the burst before it they share it with the registrations.
"""

import json
import smtplib
import statistics
import time

import yaml

from bench.load import Address, Answer, fire, post
from bench.processor import processor_seconds
from bench.report import Report
from bench.stage import Stage, big_day, registration_body
from deploy.local.mailbox import Mailbox
from deploy.local.ports import LOOPBACK
from deploy.local.program import Running
from shared.testing import eventually

STEADY, RATE = 300, 20
BURST = 1000
BARE = 300
WORKERS = 2
BOUNDS = {1: 0.3, 2: 0.6}  # of a bare loop, by how many workers
PROCESSOR = 6.0  # milliseconds an email
CAPACITY = 1_000_000
PATIENCE = 120.0


def run(report: Report) -> None:
    with Stage.open(capacity=CAPACITY) as stage:
        [port] = stage.start_web(processes=1)
        stage.start_processes("notifications-intake")
        workers = stage.start_processes("notifications-worker")
        address = Address(LOOPBACK, port)
        mailbox = Mailbox(stage.stack.mails)
        _register(stage, address, range(20), mailbox)  # warm: every process has done its imports
        _backlog(stage, report, address, mailbox, workers, first=20_000)

        workers += stage.start_processes("notifications-worker", WORKERS - 1)
        _register(stage, address, range(100, 140), mailbox)
        mailbox.clear()

        first = 1000
        answers = _register(stage, address, range(first, first + STEADY), mailbox, rate=RATE)
        delays = sorted(_delays(mailbox, answers, first))
        report.bound(
            f"201 → accepted by the server, median at {RATE} registrations/s",
            statistics.median(delays) * 1000,
            " ms",
            at_most=150,
        )
        report.bound(
            f"201 → accepted by the server, p99 at {RATE} registrations/s",
            delays[int(len(delays) * 0.99)] * 1000,
            " ms",
            at_most=1000,
        )

        mailbox.clear()
        started = time.time()
        _register(stage, address, range(10_000, 10_000 + BURST), mailbox)
        arrivals = _arrivals(mailbox)
        report.figure(f"burst of {BURST}: emails out", len(arrivals), of=BURST)
        report.figure("burst: drained after", arrivals[-1] - started, " s")

        rate = _backlog(stage, report, address, mailbox, workers, first=30_000)
        mailbox.clear()
        people = _tell_of_another_venue(stage)
        _await(people, mailbox)
        report.ratio(
            f"notices a second, {people} people told of another venue by the same workers",
            _rate(_arrivals(mailbox)),
            rate,
            "the emails of the backlog",
            at_least=0.5,
        )


def _backlog(
    stage: Stage,
    report: Report,
    address: Address,
    mailbox: Mailbox,
    workers: list[Running],
    first: int,
) -> float:
    """Emails a second of a backlog, by these workers."""
    before = _bare(stage.stack.ports.smtp, mailbox)
    mailbox.clear()
    with stage.held(workers):
        _post(stage, address, range(first, first + BURST))
        used = processor_seconds(workers)
    _await(BURST, mailbox)
    used_since = processor_seconds(workers)
    rate, count = _rate(_arrivals(mailbox)), len(workers)
    by = f"{count} worker{'s' if count > 1 else ''} of one child"
    report.ratio(
        f"emails a second of a backlog of {BURST}, {by}",
        rate,
        (before + _bare(stage.stack.ports.smtp, mailbox)) / 2,
        "a bare smtplib loop",
        at_least=BOUNDS[count],
    )
    if used is not None and used_since is not None:
        each = (used_since - used) / BURST * 1000
        report.bound(f"processor of {by} for each of them", each, " ms", at_most=PROCESSOR)
    return rate


def _tell_of_another_venue(stage: Stage) -> int:
    """How many people that is."""
    moved = stage.stack.home / "moved.yaml"
    moved.write_text(yaml.safe_dump(big_day(CAPACITY) | {"venue": "Ailleurs"}, allow_unicode=True))
    told = stage.stack.run("registration", "import", str(moved), "--tell", "--json")
    return int(json.loads(told.splitlines()[-1])["to_tell"])


def _rate(arrivals: list[float]) -> float:
    """Emails a second, from the first to the last."""
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])


def _register(
    stage: Stage, address: Address, numbers: range, mailbox: Mailbox, rate: float | None = None
) -> list[Answer]:
    """Register these people and wait until all their emails are there."""
    expected = len(mailbox.ids()) + len(numbers)
    answers = _post(stage, address, numbers, rate)
    _await(expected, mailbox)
    return answers


def _post(
    stage: Stage, address: Address, numbers: range, rate: float | None = None
) -> list[Answer]:
    requests = [post(stage.registrations_path, registration_body(number)) for number in numbers]
    answers = fire([address], requests, clients=1 if rate else 8, rate=rate)
    refused = [answer.status for answer in answers if answer.status != 201]
    if refused:
        raise RuntimeError(f"{len(refused)} registrations refused: {refused[0]}")
    return answers


def _await(expected: int, mailbox: Mailbox) -> None:
    eventually(lambda: len(mailbox.ids()) >= expected, timeout=PATIENCE, every=0.05)


def _arrivals(mailbox: Mailbox) -> list[float]:
    """When the server accepted each, in order."""
    return sorted(mailbox.stored(identity).received_at for identity in mailbox.ids())


def _delays(mailbox: Mailbox, answers: list[Answer], first: int) -> list[float]:
    """Seconds from each 201 to its email; one client sends in order, so answers are numbered."""
    answered = {
        f"camille.{first + index}@ville.example": answer.sent_at + answer.seconds
        for index, answer in enumerate(answers)
    }
    mails = [mailbox.stored(identity) for identity in mailbox.ids()]
    return [
        max(0.0, mail.received_at - answered[mail.recipients[0]])
        for mail in mails
        if mail.recipients[0] in answered
    ]


def _bare(port: int, mailbox: Mailbox) -> float:
    """Emails a second of a loop that does nothing but send."""
    sample = mailbox.raw(mailbox.ids()[0]).split(b"\r\n", 2)[2]  # without the sink's own lines
    with smtplib.SMTP(LOOPBACK, port) as connection:
        connection.ehlo()
        started = time.perf_counter()
        for number in range(BARE):
            connection.sendmail("bench@emarge.example", [f"bare.{number}@ville.example"], sample)
        return BARE / (time.perf_counter() - started)

"""What everybody reads, from memory: a day's programme and headcounts, against a bare server."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import httpx

from bench.load import Address, fire, get, post
from bench.report import Report
from bench.stage import SLUG, Stage, await_ready, registration_body
from deploy.local.ports import LOOPBACK, free_ports

PROCESSES = 2
CLIENTS = 16
READS = 6000
MADE = 300  # of each that is made anew each time
CHANGES = 10
API = f"/api/conferences/{SLUG}"
PAGES = {"the programme": f"/c/{SLUG}", "its API": API, "headcounts": f"{API}/headcounts"}


def run(report: Report) -> None:
    with Stage.open() as stage:
        web = [Address(LOOPBACK, port) for port in stage.start_web(PROCESSES)]
        for name, path in PAGES.items():
            body, tag = asked(web[0], path)
            with bare(body) as floor:
                nothing = rate(floor, [get(path)] * READS)
            made = rate(web, [get(path, cookie="of=somebody")] * MADE)
            kept = rate(web, [get(path)] * READS)
            report.ratio(f"{name}, reads/s", kept, nothing, "bare uvicorn", at_least=0.4)
            report.ratio(f"{name}, the same", kept, made, "made each time", at_least=2)
            known = rate(web, [get(path, tag=tag)] * READS)
            report.figure(f"{name}, known already (304)", known, "/s")
        slowest = max(until_seen(stage, web, number) for number in range(CHANGES))
        report.bound("a registration is counted by the other process", slowest, " ms", at_most=1000)


def rate(web: list[Address], requests: list[bytes]) -> float:
    """Answers a second, all of them good."""
    fire(web, requests[:CLIENTS], CLIENTS)
    started = time.perf_counter()
    answers = fire(web, requests, CLIENTS)
    seconds = time.perf_counter() - started
    wrong = [answer.status for answer in answers if answer.status not in (200, 304)]
    if wrong:
        raise RuntimeError(f"{len(wrong)} were answered otherwise: {wrong[0]}")
    return len(answers) / seconds


def asked(web: Address, path: str) -> tuple[bytes, str]:
    """The answer as it is sent, and its ETag."""
    address = f"http://{web.host}:{web.port}{path}"
    with httpx.stream("GET", address, headers={"Accept-Language": "fr"}, trust_env=False) as answer:
        return b"".join(answer.iter_raw()), answer.headers["etag"]


def until_seen(stage: Stage, web: list[Address], number: int) -> float:
    """Milliseconds from the answer to a registration until the other process counts it."""
    with httpx.Client(base_url=f"http://{LOOPBACK}:{web[1].port}", trust_env=False) as client:
        before = _taken(client)
        body = registration_body(number)
        fire(web[:1], [post(stage.registrations_path, body)], 1)
        registered = time.perf_counter()
        while _taken(client) == before:
            pass
        return (time.perf_counter() - registered) * 1000


def _taken(client: httpx.Client) -> int:
    return sum(session["taken"] or 0 for session in client.get(API).json()["sessions"])


@contextmanager
def bare(body: bytes) -> Iterator[list[Address]]:
    """As many processes of the same server, with an application that only answers."""
    ports = free_ports(PROCESSES)
    with tempfile.TemporaryFile() as file:
        file.write(body)
        started = [_bare(port, file) for port in ports]
    try:
        yield [Address(LOOPBACK, port) for port in ports]
    finally:
        for process in started:
            process.terminate()
            process.wait()


def _bare(port: int, body: IO[bytes]) -> subprocess.Popen[bytes]:
    body.seek(0)
    command = [sys.executable, "-m", "bench.bare", str(port)]
    process = subprocess.Popen(command, stdin=body)  # noqa: S603  our own
    await_ready(port)
    return process

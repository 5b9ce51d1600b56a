"""What the logs of a real process tell of a failure: where it was, and nothing of whose."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_ports
from shared.testing import eventually
from tests.shared.conftest import ROOT, Environment
from tests.shared.failing import FAILURES

ADDRESS, COOKIE = "ada@example.org", "the-key-to-her-session"
SERVE = """
from shared.base.settings import Settings, load_settings
from shared.http.serving import serve
from shared.watching.logs import configure_logs

configure_logs(load_settings(Settings, "sample"), "web")
serve("tests.shared.failing:create", "{host}", {port})
"""
# What is told of the errors whose words are nobody's.
TOLD = {
    "be_refused": "feed_cursor",
    "understood": "ValidationError: age int_parsing",
    "looked_up": "direct cause",
    "meanwhile": "During handling",
    "grouped": "ExceptionGroup",
}


@dataclass
class Web:
    client: httpx.Client
    log: Path

    def fail(self, path: str) -> str:
        """What the log says of a request that fails; it is answered at once."""
        before = len(self.log.read_text())
        started = time.monotonic()
        # Uvicorn closes the connection once it has told the error: the next request has its own.
        headers = {"Cookie": f"session={COOKIE}", "Connection": "close"}
        answer = self.client.get(path, headers=headers)
        assert time.monotonic() - started < 1
        assert answer.status_code == 500
        assert ADDRESS not in answer.text

        def whole() -> str:
            """The server's own line comes last, after ours."""
            told = self.log.read_text()[before:]
            return told if "Exception in ASGI application" in told and told[-1] == "\n" else ""

        return eventually(whole)


@pytest.fixture(params=["text", "json"])
def log_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def web(environment: Environment, log_format: str, tmp_path: Path) -> Iterator[Web]:
    (port,) = free_ports(1)
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE.format(host=LOOPBACK, port=port)],
            env=environment | {"EMARGE_LOG_FORMAT": log_format},
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=60, trust_env=False) as client:
        eventually(lambda: _answers(client), timeout=60, every=0.1)
        yield Web(client, log)
    process.terminate()
    process.wait(timeout=30)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False


def test_a_failure_is_told_by_its_place_and_nobodys_words(web: Web, log_format: str) -> None:
    failures = {f"/fails/{kind}/{ADDRESS}": kind for kind in FAILURES}
    failures |= {f"/refused/{ADDRESS}": "be_refused", f"/later/{ADDRESS}": "said"}
    for path, place in failures.items():
        log = web.fail(path)
        assert "request failed" in log
        assert f"in {place}" in log, log
        assert TOLD.get(place, "Error") in log, log
        assert ADDRESS not in log, log
        assert COOKIE not in log, log
        assert len(log) < 50_000
        if log_format == "json":
            lines = [json.loads(line) for line in log.splitlines()]
            assert all(line["service"] == "sample" for line in lines)
            times = [datetime.fromisoformat(line["time"]) for line in lines]
            assert {moment.utcoffset() for moment in times} == {timedelta()}

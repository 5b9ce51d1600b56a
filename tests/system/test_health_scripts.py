"""The scripts by which Docker watches a container: well at the first answer, ill soon without."""

import http.server
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Check = Callable[[], tuple[int, str]]


def outcome(*command: str) -> tuple[int, str]:
    """How a script ended, and what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout.strip()


class TestStayHealthy:
    """deploy/image/stay-healthy, as Docker runs it."""

    @pytest.fixture
    def answers(self) -> dict[str, int]:
        return {"/readyz": 200, "/healthz": 200}

    @pytest.fixture
    def port(self, answers: dict[str, int]) -> Iterator[int]:
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(answers[self.path])
                self.end_headers()
                self.wfile.write(b"no sign of life for 16 s\n")

            def log_message(self, *_: Any) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()
        server.server_close()

    @pytest.fixture
    def check(self, tmp_path: Path, port: int) -> Callable[[], tuple[int, str]]:
        script = (ROOT / "deploy/image/stay-healthy").read_text()
        # Outside a container it would kill everything.
        script = script.replace("kill -9 -1", "echo killed").replace("/tmp/", f"{tmp_path}/")  # noqa: S108  the path is what is replaced
        assert "kill" not in re.sub(r"#.*|echo killed", "", script)
        # How often it looks, and at what distance again, is Docker's to wait for.
        script, pauses = re.subn(r"pause (2|10)\b", "pause 0.05", script)
        assert pauses == 5

        return lambda: outcome("bash", "-c", script, "-", str(port))

    def test_the_first_answer_is_enough_to_begin(self, check: Check) -> None:
        assert check() == (0, "")

    def test_what_is_not_ready_but_alive_is_told_and_left_alone(
        self, check: Check, answers: dict[str, int]
    ) -> None:
        check()
        answers["/readyz"] = 503
        told = (1, "503 no sign of life for 16 s")
        assert [check(), check()] == [told, told]
        answers["/readyz"] = 200
        assert check() == (0, "")

    def test_what_is_not_alive_either_is_killed(
        self, check: Check, answers: dict[str, int]
    ) -> None:
        check()
        answers |= {"/readyz": 503, "/healthz": 503}
        assert check() == (1, "503 no sign of life for 16 s")
        assert check() == (1, "killed\n503 no sign of life for 16 s")


class TestStayWell:
    """deploy/stay-well, as Docker runs it where the image is not ours."""

    @pytest.fixture
    def service(self, tmp_path: Path) -> Path:
        """It answers while this file is there."""
        return tmp_path / "answers"

    @pytest.fixture
    def check(self, tmp_path: Path, service: Path) -> Callable[[], tuple[int, str]]:
        script = (ROOT / "deploy/stay-well").read_text()
        script = script.replace("/dev/shm", str(tmp_path))  # noqa: S108  the path is what is replaced
        script, sleeps = re.subn(r"sleep (2|25)\b", "sleep 0.05", script)
        assert sleeps == 2

        return lambda: outcome("sh", "-c", script, "-", "cat", str(service))

    def test_the_first_answer_is_enough_to_begin(self, check: Check, service: Path) -> None:
        threading.Timer(0.6, service.touch).start()
        assert check() == (0, "")

    def test_a_watch_ends_well_when_it_answers_each_time(self, check: Check, service: Path) -> None:
        service.touch()
        assert [check(), check()] == [(0, ""), (0, "")]

    def test_a_watch_ends_soon_when_it_does_not(self, check: Check, service: Path) -> None:
        service.touch()
        check()
        service.unlink()
        status, said = check()
        assert status == 1
        assert "No such file" in said
        service.touch()
        assert check() == (0, "")

"""`make up` runs the code that was saved last, and a service is opened from inside."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local.home import write_environment
from deploy.local.inside import NotThere, command, environment_of
from deploy.local.program import Program
from deploy.local.reloading import Reloading, services_of
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT, found
from shared.testing import eventually

# Told to stop, it finishes what it has in hand.
WORKER = """
import os, signal, time
from pathlib import Path

def finish(*_):
    time.sleep(0.3)
    Path(f"finished-{os.getpid()}").touch()
    raise SystemExit

signal.signal(signal.SIGTERM, finish)
Path(f"started-{os.getpid()}").touch()
while True:
    time.sleep(600)
"""
# Told to stop, it does not.
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("deaf", "w").close()
time.sleep(600)
"""


@dataclass
class Watched:
    """A project whose registration and notifications have a worker that watches nothing itself."""

    root: Path
    supervisor: Supervisor
    said: list[str] = field(default_factory=list)

    def save(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def started(self, service: str) -> int:
        """The worker that runs, once it listens."""

        def pid() -> int:
            running = self.supervisor.processes.get(f"{service}-worker", 0)
            return running if (self.root / f"started-{running}").exists() else 0

        return eventually(pid)


@contextmanager
def watched(root: Path) -> Iterator[Watched]:
    for service in ("registration", "notifications"):
        (root / "services" / service / "migrations").mkdir(parents=True)
        (root / "services" / service / "service.py").write_text("SAID = 1\n")
    (root / "shared").mkdir()
    programs = [
        Program(f"{service}-worker", [sys.executable, "-c", WORKER], folder=root)
        for service in ("registration", "notifications")
    ]
    supervisor = Supervisor([programs], root / "logs")
    project = Watched(root, supervisor)
    with supervisor, Reloading(supervisor, project.said.append, root):
        yield project


def test_a_saved_file_starts_its_service_anew_once_it_has_finished(tmp_path: Path) -> None:
    with watched(tmp_path) as project:
        before, other = project.started("registration"), project.started("notifications")
        again(project, "services/registration/service.py", "SAID = {number}\n", before)
        assert (tmp_path / f"finished-{before}").exists()
        assert project.supervisor.processes["notifications-worker"] == other
        assert project.supervisor.restarts == {"registration-worker": 0, "notifications-worker": 0}
        again(project, "shared/thing.html", "{number}", other, service="notifications")


def again(
    project: Watched, name: str, text: str, before: int, service: str = "registration"
) -> None:
    """Save it until it is noticed: nobody says when the watching has begun."""
    number = 1

    def renewed() -> bool:
        nonlocal number
        number += 1
        project.save(name, text.replace("{number}", str(number)))
        return project.supervisor.processes.get(f"{service}-worker", before) != before

    eventually(renewed, every=1.0, timeout=30)
    project.started(service)


def test_code_that_cannot_be_imported_is_shown_and_starts_nothing(tmp_path: Path) -> None:
    with watched(tmp_path) as project:
        before = project.started("registration")
        project.save("services/registration/service.py", "def broken(:\n")
        reloading = Reloading(project.supervisor, project.said.append, tmp_path)
        reloading.take_in([Path("services/registration/service.py")])
        assert "SyntaxError" in project.said[0]
        assert project.said[0].endswith("registration: the code of before goes on")
        project.save("services/registration/service.py", "import nothing_of_that_name\n")
        reloading.take_in([Path("services/registration/service.py")])
        assert any("nothing_of_that_name" in said for said in project.said)
        assert project.supervisor.processes["registration-worker"] == before


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (
            "services/registration/migrations/registration_0099.py",
            "`python -m deploy.local.inside registration migrate`",
        ),
        ("services/registration/pyproject.toml", "is read when `make up` starts"),
    ],
)
def test_what_takes_more_than_a_start_says_so(tmp_path: Path, file: str, said: str) -> None:
    with watched(tmp_path) as project:
        Reloading(project.supervisor, project.said.append, tmp_path).take_in([Path(file)])
        assert any(said in each for each in project.said)


def test_one_that_does_not_finish_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    deaf = Program("deaf", [sys.executable, "-c", DEAF], folder=tmp_path, patience=0.5)
    with Supervisor([[deaf]], tmp_path, said.append) as supervisor:
        before = eventually(lambda: supervisor.processes.get("deaf"))
        eventually((tmp_path / "deaf").exists)
        supervisor.renew(["deaf"])
        eventually(lambda: supervisor.processes.get("deaf", before) != before)
        assert supervisor.restarts == {"deaf": 0}


def test_whose_processes_run_with_a_file() -> None:
    everybody = {service.name for service in found()}
    assert services_of([Path("services/registration/base/tables.py")]) == {"registration"}
    assert services_of([Path("shared/bus/lease.py")]) == everybody
    assert services_of([Path("services/of-nobody/a.py"), Path("services/README")]) == set()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    settings = {"EMARGE_HOME": str(tmp_path), "EMARGE_DATABASE_URL": "", "EMARGE_LEASE": "30"}
    write_environment(tmp_path / "registration.env", settings)
    return environment_of(tmp_path, "registration")


def test_inside_a_service_is_its_environment(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = ["--", "sh", "-c", "echo $EMARGE_LEASE; command -v python"]
    words = command("registration", asked, environment)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["30", str(Path(sys.executable).parent / "python")]
    monkeypatch.setenv("EMARGE_LEASE", "99")
    assert environment_of(tmp_path, "registration")["EMARGE_LEASE"] == "30"


def test_its_commands_and_its_database_are_a_word_away(
    environment: dict[str, str], tmp_path: Path
) -> None:
    status = command("registration", ["status", "--json"], environment)
    assert status == [sys.executable, "-m", "services.registration", "status", "--json"]
    assert command("registration", ["sql"], environment)[-1] == f"{tmp_path}/registration.db"
    elsewhere = environment | {"EMARGE_DATABASE_URL": "postgresql+psycopg://me@host/registration"}
    assert command("registration", ["sql", "-c", "SELECT 1"], elsewhere) == [
        "psql",
        "postgresql://me@host/registration",
        "-c",
        "SELECT 1",
    ]


def test_who_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="'badges' is no service: there are certificates"):
        environment_of(tmp_path, "badges")
    with pytest.raises(NotThere, match="has no environment of registration: start `make up`"):
        environment_of(tmp_path, "registration")
    asked = [sys.executable, "-m", "deploy.local.inside", "badges"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("inside: 'badges' is no service")

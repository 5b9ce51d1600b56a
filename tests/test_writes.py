"""No worker that has lost its job writes over what another has done, and no UPDATE that must find
its row finds none in silence: every write says how."""

import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.write_rules import read, unasked, unfenced

ROOT = Path(__file__).parents[1]
MODULES = read(ROOT, "services", "shared/bus")
SHIPPED = ("certificates", "notifications", "registration")
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/service.py"))

SAMPLE = """
from shared.process.service import Service
from services.things import keeping

service = Service("things")

@service.on(ThingHappened)
def keep(event, job, database):
    keeping.note(database, job)
"""
KEEPING = """
CHANGE = update(Thing).where(Thing.id == 1)

def note(database, job):
    with database.begin() as connection:
        {write}
"""


def said() -> tuple[set[str], list[str]]:
    """What each service says of itself in tests/NAME/writes.toml, and shared in its own."""
    apart: set[str] = set()
    silent: list[str] = []
    for file in sorted((ROOT / "tests").glob("*/writes.toml")):
        area = file.parent.name
        folder = "shared" if area == "shared" else f"services/{area}"
        written = tomllib.loads(file.read_text())
        apart |= {f"{folder}/{where}" for where in written.get("unfenced", {})}
        silent += [
            f"{folder}/{where}"
            for places in written.get("unasked", {}).values()
            for where in places
        ]
    return apart, silent


def _differences(found: Iterable[str], declared: Collection[str]) -> list[str]:
    new = sorted(set(found) - set(declared))
    gone = sorted(set(declared) - set(found))
    return [
        *(f"{each}: mend it, or say in tests/NAME/writes.toml why not" for each in new),
        *(f"{each}: there is none any more" for each in gone),
    ]


def test_what_a_worker_writes_ends_its_job_holds_it_or_says_why_not() -> None:
    found: dict[str, int] = {}
    for service in SERVICES:
        found |= unfenced(MODULES, service)
    assert _differences(found, said()[0]) == []


def test_every_update_is_asked_what_it_changed_or_says_why_not() -> None:
    assert _differences(unasked(MODULES), said()[1]) == []


@pytest.mark.parametrize("service", SHIPPED)
def test_the_handlers_of_every_service_are_followed(service: str) -> None:
    assert any(f"services/{service}/" in where for where in unfenced(MODULES, service))


def sample(tmp_path: Path, write: str) -> dict[str, Any]:
    folder = tmp_path / "services" / "things"
    folder.mkdir(parents=True)
    (folder / "service.py").write_text(SAMPLE)
    (folder / "keeping.py").write_text(KEEPING.format(write=write))
    return read(tmp_path, "services")


@pytest.mark.parametrize(
    ("write", "fenced"),
    [
        ("connection.execute(CHANGE)", False),
        ("job.complete(connection)", True),
        ("job.hold(connection)", True),
        ("known.hold(connection)", False),
        ("if database:\n            job.complete(connection)", False),
        ("for each in [job]:\n            each.complete(connection)", True),
    ],
)
def test_what_counts_as_fenced(tmp_path: Path, write: str, fenced: bool) -> None:
    found = unfenced(sample(tmp_path, write), "things")
    assert found == ({} if fenced else {"services/things/keeping.py: note": 1})


@pytest.mark.parametrize(
    ("write", "asked"),
    [
        ("connection.execute(CHANGE)", False),
        ("connection.execute(update(Thing))", False),
        ("wanted = CHANGE.values(a=1)\n        connection.execute(wanted)", False),
        ("changed_one(connection.execute(CHANGE), 'it')", True),
        ("return connection.execute(CHANGE).rowcount", True),
        ("connection.execute(insert(Thing))", True),
    ],
)
def test_what_counts_as_asked(tmp_path: Path, write: str, asked: bool) -> None:
    found = unasked(sample(tmp_path, write))
    assert found == ({} if asked else {"services/things/keeping.py: note": 1})

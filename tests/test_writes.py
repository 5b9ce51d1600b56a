"""No worker that has lost its job writes over what another has done, and no UPDATE that must find
its row finds none in silence: every write says how."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.services import found
from tests.write_rules import reached, read, unasked, unfenced

ROOT = Path(__file__).parents[1]
MODULES = read(ROOT, "services", "shared/bus")
SHIPPED = [each.name for each in found() if each.shipped]
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


def _differences(counted: Mapping[str, int], declared: Collection[str]) -> list[str]:
    writes = {where if count == 1 else f"{where} ({count})" for where, count in counted.items()}
    new = sorted(writes - set(declared))
    gone = sorted(set(declared) - writes)
    return [
        *(f"{each}: mend it, or say in tests/NAME/writes.toml why not" for each in new),
        *(f"{each}: there is none any more" for each in gone),
    ]


def test_what_a_worker_writes_ends_its_job_holds_it_or_says_why_not() -> None:
    counted: dict[str, int] = {}
    for service in SERVICES:
        counted |= unfenced(MODULES, service)
    assert _differences(counted, said()[0]) == []


def test_every_update_is_asked_what_it_changed_or_says_why_not() -> None:
    assert _differences(unasked(MODULES), said()[1]) == []


@pytest.mark.parametrize("service", SHIPPED)
def test_the_handlers_of_every_service_are_followed(service: str) -> None:
    """Into the rooms, not only to where they are subscribed."""
    modules = {module for module, _ in reached(MODULES, service)}
    assert len([each for each in modules if each.startswith(f"services.{service}.")]) > 3


def test_a_second_write_beside_one_that_is_declared_is_seen() -> None:
    assert _differences({"a: b": 1}, ["a: b"]) == []
    assert _differences({"a: b": 2}, ["a: b (2)"]) == []
    new, gone = _differences({"a: b": 2}, ["a: b"])
    assert new.startswith("a: b (2): mend it")
    assert gone == "a: b: there is none any more"


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
    counted = unfenced(sample(tmp_path, write), "things")
    assert counted == ({} if fenced else {"services/things/keeping.py: note": 1})


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
    counted = unasked(sample(tmp_path, write))
    assert counted == ({} if asked else {"services/things/keeping.py: note": 1})


def test_functions_of_one_name_are_told_apart(tmp_path: Path) -> None:
    sample(tmp_path, "connection.execute(CHANGE)")
    keeping = tmp_path / "services" / "things" / "keeping.py"
    others = "class {0}:\n    def note(self, connection):\n        connection.execute(CHANGE)\n"
    keeping.write_text(keeping.read_text() + others.format("First") + others.format("Second"))
    modules = read(tmp_path, "services")
    names = ("note", "First.note", "Second.note")
    assert unasked(modules) == {f"services/things/keeping.py: {name}": 1 for name in names}

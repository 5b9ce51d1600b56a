"""The command that writes a service: what it writes keeps the rules of the house whatever it is
called, and a name that would break something is refused in a line."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from shared.new_service import NameRefused, Wanted, area_of, files, refuse_name
from tests.architecture_rules import files_are_short, services_stand_alone
from tests.membership_rules import services_are_members
from tests.shared.conftest import ROOT

# The shortest, the longest, and those whose one thing has a name that is known already.
NAMES = ("x", "jobs", "events", "classes", "abcdefghijklmnopqrst")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Services of every kind."""
    (tmp_path / "shared" / "events").mkdir(parents=True)
    for part in ("base", "bus", "commands", "http", "pages", "process", "testing"):
        (tmp_path / "shared" / part).symlink_to(ROOT / "shared" / part)
    for file in (ROOT / "shared" / "events").glob("*.py"):
        (tmp_path / "shared" / "events" / file.name).symlink_to(file)
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    (tmp_path / "tests" / "system").mkdir(parents=True)
    serving = ("tests", "system", "serving.py")
    tmp_path.joinpath(*serving).symlink_to(ROOT.joinpath(*serving))
    kinds = itertools.product((True, False), (True, False))
    for name, (web, publishes) in zip(NAMES, itertools.cycle(kinds), strict=False):
        for path, text in files(Wanted(name, name if web else "", publishes)).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def run(here: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=here, capture_output=True, text=True, check=False
    )


def test_what_is_written_keeps_the_rules_of_the_house(written: Path) -> None:
    assert {path.name for path in (written / "services").iterdir()} == set(NAMES)
    assert services_stand_alone(written) == []
    assert services_are_members(written) == []
    assert files_are_short(written) == []
    checked = run(written, "ruff", "check", "services", "tests")
    assert checked.returncode == 0, checked.stdout
    shaped = run(written, "ruff", "format", "--diff", "services", "tests")
    assert shaped.returncode == 0, shaped.stdout


@pytest.mark.parametrize("name", ["badges", "day", "local", "events", "types", "b2b"])
def test_a_name_that_breaks_nothing_is_taken(name: str) -> None:
    assert refuse_name(ROOT, name, publishes=True) is None  # type: ignore[func-returns-value]  # it raises


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Badges", "letters a to z"),
        ("my_badges", "letters a to z"),
        ("../badges", "letters a to z"),
        ("été", "letters a to z"),
        ("2badges", "a letter first"),
        ("", "a letter first"),
        ("abcdefghijklmnopqrstu", "longer than 20"),
        ("class", "word of Python's"),
        ("helpers", "says nothing"),
        ("postgres", "PostgreSQL's own"),
        ("pgbadges", "PostgreSQL's own"),
        ("registration", "services/registration is there"),
        ("audit", "tests/audit is there"),
        ("scratch", "tests/scratch.py is there"),
        ("envelope", "shared/events/envelope.py is there"),
        ("celery", "a package in uv.lock"),
        ("shared", "is there"),
        ("caddy", "Compose has caddy"),
        ("storage", "EMARGE_STORAGE_URL is a setting"),
    ],
)
def test_a_name_that_would_break_something_is_refused(name: str, why: str) -> None:
    with pytest.raises(NameRefused, match=why):
        refuse_name(ROOT, name, publishes=True)


def test_a_page_lies_where_no_other_service_has_one() -> None:
    assert area_of(ROOT, "badges") == "badges-kept"
    assert area_of(ROOT, "greetings") == "greetings"


def test_nothing_that_is_there_is_overwritten() -> None:
    page = ROOT / "services" / "notifications" / "service.py"
    before = page.read_bytes()
    refused = run(ROOT, "shared.new_service", "notifications")
    assert refused.returncode == 1
    assert refused.stderr == (
        "new service: 'notifications' is taken: services/notifications is there\n"
    )
    assert page.read_bytes() == before

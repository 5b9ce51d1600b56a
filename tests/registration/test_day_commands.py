"""A day by the command line: what is doubtful is said on stderr, and a day is copied."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.registration.commands import commands
from services.registration.desk import Desk
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("EMARGE_DATABASE_URL", database_url)
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a-token-between-services")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


def test_an_import_warns_of_a_day_in_the_past_and_of_people_who_are_not_told(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "day.yaml"
    file.write_text(programme_text(2), encoding="utf-8")
    there = ("--date", IN_THREE_WEEKS.isoformat())
    assert not run("import", str(file), *there).stderr
    register(desk, "day", someone(1, "a"))
    file.write_text(programme_text(2).replace("Workshop a", "Workshop A"), encoding="utf-8")
    untold = run("import", str(file), *there)
    assert "warning: 1 person is not told of what changes (Workshop A)" in untold.stderr
    file.write_text(programme_text(2).replace("Workshop a", "Workshop Å"), encoding="utf-8")
    told = run("import", str(file), *there, "--tell")
    assert not told.stderr
    assert "1 to tell" in told.stdout
    past = run("import", str(file))
    assert past.exit_code == 0
    assert "The day would be in the past, on 2019-11-07, and 1 person is reg" in past.stderr


def test_a_day_is_copied_as_a_draft(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "day.yaml"
    file.write_text(programme_text(2), encoding="utf-8")
    run("import", str(file), "--date", IN_THREE_WEEKS.isoformat())
    copied = run("copy", "day", "day-2031", "--date", "2031-05-06")
    assert "day-2031: A day, 2031-05-06, a draft\n" in copied.stdout
    assert desk.programmes.fresh("day-2031").stage == "draft"
    assert run("copy", "day", "day-2031", "--date", "2031-05-06").exit_code != 0

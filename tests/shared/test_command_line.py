"""The commands that every service has, through the real command line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import EpochChanged
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.feed import LogFeed
from shared.bus.intake import FeedCursor, pull
from shared.http.application import create_app
from shared.testing import eventually
from tests.shared import sample
from tests.shared.conftest import ROOT, TOKEN, Environment, Inbox
from tests.shared.sample import ThingHappened
from tests.system.serving import serving

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the commands do to a database is tested on both elsewhere."""
    return sqlite_url


@pytest.fixture
def run(environment: Environment) -> Run:
    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.shared.sample", *arguments],
            env=environment | settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def letters(inbox: Inbox) -> list[int]:
    """Two dead letters and a job that is done."""
    first, second, done = inbox.file(*(ThingHappened(name=name) for name in "abc"))
    reason = "Traceback (most recent call last):\nValueError: it cannot be noted"
    for job_id in (first, second):
        inbox.set(job_id, state="dead", tries=10, error=reason, next_at=now())
    inbox.set(done, state="done", tries=1)
    return [first, second]


class TestDead:
    def test_list_and_show(self, run: Run, letters: list[int]) -> None:
        listed = run("dead", "list")
        assert listed.returncode == 0
        assert [line.split()[0] for line in listed.stdout.splitlines()] == list(map(str, letters))
        assert "ValueError: it cannot be noted" in listed.stdout
        assert [letter["id"] for letter in json.loads(run("dead", "list", "--json").stdout)] == (
            letters
        )
        shown = json.loads(run("dead", "show", str(letters[0]), "--json").stdout)
        assert shown["envelope"]["data"]["name"] == "a"
        assert shown["error"].splitlines()[-1] == "ValueError: it cannot be noted"
        read = run("dead", "show", str(letters[0])).stdout.splitlines()
        assert "ValueError: it cannot be noted" in read  # a line of its own

    def test_replay_is_safe_to_repeat(self, run: Run, inbox: Inbox, letters: list[int]) -> None:
        first = run("dead", "replay", str(letters[0]))
        assert (first.returncode, first.stdout) == (0, "1 will be tried again\n")
        assert (inbox.job(letters[0]).state, inbox.job(letters[0]).tries) == ("waiting", 0)
        inbox.set(letters[0], state="done")
        again = run("dead", "replay", str(letters[0]))
        assert again.returncode == 1
        assert again.stderr == "sample: no dead letters (any more): 1\n"
        assert inbox.states() == ["done", "dead", "done"]

    def test_drop_keeps_the_reason(self, run: Run, inbox: Inbox, letters: list[int]) -> None:
        assert run("dead", "drop", "--all").stdout == "2 dropped\n"
        assert inbox.states() == ["dropped", "dropped", "done"]
        assert "cannot be noted" in inbox.job(letters[1]).error

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (("dead", "replay"), 2, "name job numbers, or --all"),
            (("dead", "drop", "1", "--all"), 2, "name job numbers, or --all"),
            (("dead", "show", "77"), 1, "no dead letter has the number 77"),
        ],
    )
    def test_what_cannot_be_is_one_line(
        self, run: Run, inbox: Inbox, arguments: tuple[str, ...], code: int, words: str
    ) -> None:
        assert inbox.states() == []
        refused = run(*arguments)
        assert refused.returncode == code
        assert refused.stderr == f"sample: {words}\n"


class TestReplay:
    @pytest.fixture
    def history(self, inbox: Inbox, publisher: Database) -> Database:
        """Four events, all done long ago."""
        log = EventLog("registration")
        for name in "abcd":
            with publisher.begin() as connection:
                log.append(connection, ThingHappened(name=name))
        pull(inbox.database, "registration", LogFeed(publisher), sample.service.lanes)
        for job in inbox.jobs():
            inbox.set(job.id, state="done", tries=1, step="dot")
        return publisher

    @pytest.mark.parametrize("force", [False, True])
    def test_from_a_position(self, run: Run, inbox: Inbox, history: Database, force: bool) -> None:
        done = run("replay", "--from", "3", *(["--force"] if force else []))
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("2 jobs will be done again")
        assert inbox.states() == ["done", "done", "waiting", "waiting"]
        assert {job.forced for job in inbox.jobs()[2:]} == {force}
        pull(inbox.database, "registration", LogFeed(history), sample.service.lanes)
        assert len(inbox.jobs()) == 4  # read again, and known

    def test_an_alarm_is_resumed(self, run: Run, inbox: Inbox, history: Database) -> None:
        with history.begin() as connection:
            eventlog.new_epoch(connection)
        with pytest.raises(EpochChanged):
            pull(inbox.database, "registration", LogFeed(history), sample.service.lanes)
        assert run("resume", "registration").returncode == 0
        pull(inbox.database, "registration", LogFeed(history), sample.service.lanes)
        assert inbox.states() == ["done"] * 4

    @pytest.mark.usefixtures("history")
    @pytest.mark.parametrize(
        "arguments", [("replay", "--from", "1", "--feed", "other"), ("resume", "other")]
    )
    def test_a_feed_that_was_never_read(self, run: Run, arguments: tuple[str, ...]) -> None:
        refused = run(*arguments)
        assert refused.returncode == 1
        assert refused.stderr == "sample: no feed is called other (read so far: registration)\n"

    def test_a_restored_database_declares_a_new_epoch(self, run: Run, inbox: Inbox) -> None:
        before = eventlog.page(inbox.database, 0).epoch
        assert run("new-epoch").returncode == 0
        assert eventlog.page(inbox.database, 0).epoch != before


class TestStatus:
    def test_for_people_and_for_machines(self, run: Run, inbox: Inbox, letters: list[int]) -> None:
        with inbox.database.begin() as connection:
            connection.execute(
                insert(FeedCursor).values(
                    source="registration",
                    position=3,
                    head=5,
                    seen_at=now(),
                    alarm="the feed of registration does not continue",
                )
            )
        text = run("status")
        assert text.returncode == 0
        assert "2 dead" in text.stdout
        assert "the feed of registration does not continue" in text.stdout
        machine = json.loads(run("status", "--json").stdout)
        others = dict.fromkeys(("waiting", "queued", "running", "parked"), 0)
        assert machine["jobs"] == {**others, "dead": len(letters)}
        assert machine["feeds"][0]["position"] == 3
        assert machine["trouble"] == [
            "the feed of registration does not continue",
            "2 dead letters: python -m services.sample dead list",
        ]


class TestCheck:
    def test_all_is_well_and_no_secret_is_shown(self, run: Run, inbox: Inbox) -> None:
        assert inbox.states() == []
        checked = run("check")
        assert checked.returncode == 0, checked.stdout
        assert TOKEN not in checked.stdout
        for connection in ("database", "broker", "redis"):
            assert f"{connection:<27} ok" in checked.stdout

    def test_what_does_not_answer_is_named(self, run: Run, inbox: Inbox) -> None:
        assert inbox.states() == []
        checked = run(
            "check",
            "--json",
            EMARGE_REDIS_URL="redis://:secret@127.0.0.1:1/0",
            EMARGE_FEEDS="registration=http://127.0.0.1:1",
        )
        assert checked.returncode == 1
        answer = json.loads(checked.stdout)
        assert answer["connections"]["database"] is None
        assert "refused" in answer["connections"]["redis"]
        assert "refused" in answer["connections"]["feed of registration"]
        assert "secret" not in checked.stdout

    def test_what_is_misspelt_is_refused_with_what_was_meant(self, run: Run, inbox: Inbox) -> None:
        assert inbox.states() == []
        for command in ("check", "migrate", "status", "intake", "worker"):
            refused = run(command, EMARGE_LOG_LEVLE="DEBUG")
            assert refused.returncode == 1
            assert refused.stderr == "sample: EMARGE_LOG_LEVLE is no setting; EMARGE_LOG_LEVEL is\n"

    def test_what_is_set_for_others_is_listed_and_no_more(self, run: Run, inbox: Inbox) -> None:
        assert inbox.states() == []
        others = {"EMARGE_MAIL_FROM": "of another service"}
        assert "EMARGE_MAIL_FROM            is not read here" in run("check", **others).stdout
        answer = json.loads(run("check", "--json", **others).stdout)
        assert answer["unread"] == ["EMARGE_MAIL_FROM"]
        assert run("migrate", **others).returncode == 0


class TestErrors:
    """One clear line each, and an exit code that says so."""

    def test_a_database_that_was_not_migrated(self, run: Run, tmp_path: Path) -> None:
        empty = {"EMARGE_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}
        refused = run("dead", "list", **empty)
        assert refused.returncode == 1
        (line,) = refused.stderr.splitlines()
        assert line.startswith("sample: the database lacks what this version needs (no such table")
        assert line.endswith("run `python -m services.sample migrate`")
        checked = json.loads(run("check", "--json", **empty).stdout)
        assert "python -m services.sample migrate" in checked["connections"]["database"]
        assert run("migrate", **empty).returncode == 0
        assert run("dead", "list", **empty).returncode == 0

    def test_a_setting_that_is_wrong(self, run: Run) -> None:
        refused = run("status", EMARGE_SERVICE_TOKEN="", EMARGE_LEASE="soon")
        assert refused.returncode == 1
        assert refused.stdout == ""
        (line,) = refused.stderr.splitlines()
        assert line.startswith("sample: EMARGE_SERVICE_TOKEN is missing (bearer token")
        assert "; EMARGE_LEASE Input should be a valid number" in line

    def test_a_home_that_cannot_be(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        refused = run("status", EMARGE_HOME=str(tmp_path / "file"), EMARGE_DATABASE_URL="")
        assert refused.returncode == 1
        (line,) = refused.stderr.splitlines()
        assert line.startswith("sample: ")
        assert "file" in line

    def test_a_command_that_is_not_there(self, run: Run) -> None:
        assert run("dance").returncode == 2
        helped = run("--help", EMARGE_SERVICE_TOKEN="")
        assert helped.returncode == 0
        for command in ("intake", "worker", "status", "dead", "replay", "check", "migrate"):
            assert command in helped.stdout


class TestIntakeProcess:
    def test_it_reads_and_hands_out_until_it_is_told_to_stop(
        self, start: Callable[..., subprocess.Popen[bytes]], inbox: Inbox, publisher: Database
    ) -> None:
        with publisher.begin() as connection:
            EventLog("registration").append(connection, ThingHappened(name="a"))
        settings = Settings(service="registration", service_token=(SecretStr(TOKEN),))
        with serving(create_app(settings, publisher, title="P", publishes=True)) as client:
            intake = start("intake", EMARGE_FEEDS=f"registration={client.base_url}")
            eventually(lambda: inbox.states() == ["queued"], timeout=60)
            intake.terminate()
            assert intake.wait(timeout=30) == 0
        with inbox.database.read() as connection:
            assert connection.execute(select(FeedCursor.position)).scalar_one() == 1

"""Whoever meets a database that has not been migrated says which command to run, and no more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from starlette.requests import Request

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.inbox import JobRow
from shared.http.application import create_app
from shared.process.intake_process import IntakeProcess
from shared.process.worker import Workbench
from shared.testing import MemoryQueue, drain
from tests.shared.conftest import TOKEN, Inbox, turn
from tests.shared.sample import Effect, ThingHappened, service
from tests.system.serving import serving

RUN = "run `python -m services.sample migrate`"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path}/empty.db")
    yield opened
    opened.close()


def settings_of(database: Database) -> Settings:
    url = database.engine.url.render_as_string(hide_password=False)
    return Settings(service="sample", database_url=url, service_token=(SecretStr(TOKEN),))


def test_an_intake_says_it_and_goes_on(empty: Database, capsys: Any) -> None:
    intake = IntakeProcess(empty, {}, service.lanes, MemoryQueue(), service="sample")
    turn(intake)
    assert RUN in str(intake.wrong())
    printed = capsys.readouterr().out
    assert RUN in printed
    assert "Traceback" not in printed


def test_a_worker_says_it_and_leaves_the_job(empty: Database, capsys: Any) -> None:
    bench = Workbench(service, settings_of(empty))
    bench.run(1, ThingHappened.type)
    bench.close()
    printed = capsys.readouterr().out
    assert RUN in printed
    assert "Traceback" not in printed


def test_a_job_whose_table_is_missing_has_it_for_its_reason(inbox: Inbox, resources: Any) -> None:
    inbox.file(ThingHappened(name="a"))
    with inbox.database.begin() as connection:
        connection.execute(text(f"DROP TABLE {Effect.__tablename__}"))
    drain(service, inbox.database, resources)
    (job,) = inbox.jobs()
    assert job.state == "waiting"
    assert job.error.endswith(RUN)
    assert "Traceback" not in job.error


def test_a_request_is_put_off_and_the_log_says_why(empty: Database, capsys: Any) -> None:
    app = create_app(settings_of(empty), empty, title="Things", publishes=True)
    with serving(app) as client:
        answer: httpx.Response = client.get("/events", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    printed = capsys.readouterr().out
    assert RUN in printed
    assert "Traceback" not in printed


def test_a_statement_that_is_wrong_is_no_matter_of_migrating(inbox: Inbox, capsys: Any) -> None:
    app = create_app(settings_of(inbox.database), inbox.database, title="T", publishes=False)

    @app.get("/wrong")
    def wrong(_request: Request) -> None:
        with inbox.database.read() as connection:
            connection.execute(select(JobRow.id).where(text("1 +")))

    with serving(app) as client:
        assert client.get("/wrong").status_code == 500
    printed = capsys.readouterr().out
    assert ProgrammingError.__name__ in printed
    assert RUN not in printed

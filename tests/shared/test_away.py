"""What programs and people are told while the database does not answer."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK, free_ports
from shared.base.database import Database
from shared.base.settings import Settings
from shared.http.application import create_app
from shared.pages import Site
from tests.shared.conftest import TOKEN
from tests.system.serving import serving


@pytest.fixture
def away() -> Iterator[Database]:
    (port,) = free_ports(1)  # nothing listens there
    database = Database.open(f"postgresql+psycopg://nobody@{LOOPBACK}:{port}/nowhere")
    yield database
    database.close()


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        database = Database.open(f"postgresql+psycopg://nobody@{LOOPBACK}:{port}/nowhere")
        with pytest.raises(OperationalError, match="timeout"), database.read():
            pass
        database.close()


def test_a_program_gets_a_problem_and_when_to_ask_again(away: Database) -> None:
    settings = Settings(service="sample", service_token=(SecretStr(TOKEN),))
    with serving(create_app(settings, away, title="Things", publishes=True)) as client:
        answer = client.get("/events", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"] == "/problems/no-database"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nothing was lost"), ("fr", "Rien n’est perdu")]
)
def test_a_person_gets_a_page(away: Database, tmp_path: Path, language: str, said: str) -> None:
    def page(_request: Request) -> Response:
        with away.read():
            raise AssertionError("it answers")

    site = Site(tmp_path, tmp_path, "http://localhost")
    app = Starlette(routes=[Route("/", page)])
    site.install(app)
    with serving(app) as client:
        answer: httpx.Response = client.get("/", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert said in answer.text

"""What every web process has: problem details, limits, health, and the feed behind its token."""

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount

from deploy.local.postgres import PrivatePostgres
from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.migrations import migrate
from shared.http.application import LARGE_AT_ONCE, MAX_BODY, BodyLimit, create_app
from shared.http.headers import POLICY
from shared.http.problems import Problem
from tests.shared.conftest import TOKEN
from tests.system.serving import serving

OLD_TOKEN = "the token of the year before"
TEN_MEGABYTES = 10 * 1024 * 1024


class Thing(BaseModel):
    name: Annotated[str, Field(max_length=5)]
    parts: list[int] = []


def thing_app(database: Database) -> FastAPI:
    settings = Settings(service="sample", service_token=f"{TOKEN},{OLD_TOKEN}")
    app = create_app(settings, database, title="Things", publishes=True)

    @app.post("/things", status_code=201)
    def add(thing: Annotated[Thing, Body()]) -> Thing:
        if thing.name == "taken":
            raise Problem(409, "taken", "The name is taken", "Choose another one", name="taken")
        if thing.name == "crash":
            raise ZeroDivisionError("secret words")
        if thing.name == "sql":
            with database.read() as connection:
                connection.exec_driver_sql("SELECT nothing FROM nowhere")
        return thing

    return app


@pytest.fixture
def client(publisher: Database) -> Iterator[httpx.Client]:
    with serving(thing_app(publisher)) as opened:
        yield opened


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == answer.status_code
    return body


class TestProblems:
    def test_a_broken_rule_names_itself(self, client: httpx.Client) -> None:
        answer = client.post("/things", json={"name": "taken"})
        assert problem(answer) == {
            "type": "/problems/taken",
            "title": "The name is taken",
            "status": 409,
            "detail": "Choose another one",
            "name": "taken",
        }

    def test_wrong_fields_are_pointed_at(self, client: httpx.Client) -> None:
        answer = client.post("/things", json={"name": "too long", "parts": [1, "x"]})
        body = problem(answer)
        assert (answer.status_code, body["type"]) == (422, "/problems/invalid")
        errors = body["errors"]
        assert isinstance(errors, list)
        assert [error["pointer"] for error in errors] == ["/name", "/parts/1"]
        assert errors[0]["rule"] == "string_too_long"
        assert "too long" not in json.dumps(errors)  # the value is not sent back

    @pytest.mark.parametrize("body", [b"{", b"name=a", b"", b"\xff\xfe"])
    def test_a_body_that_is_not_json(self, client: httpx.Client, body: bytes) -> None:
        answer = client.post("/things", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        problem(answer)

    @pytest.mark.parametrize("path", ["/nowhere", "/things"])
    def test_what_is_not_there_or_not_so_is_a_problem_too(
        self, client: httpx.Client, path: str
    ) -> None:
        answer = client.get(path)
        assert answer.status_code in (404, 405)
        problem(answer)

    def test_our_own_failure_tells_nothing(self, client: httpx.Client) -> None:
        """What its log tells: test_logs.py."""
        answer = client.post("/things", json={"name": "crash"})
        assert answer.status_code == 500
        problem(answer)
        assert "secret" not in answer.text

    def test_a_wrong_statement_is_our_own_failure(self, client: httpx.Client) -> None:
        """On SQLite too, whose driver says of it what it says of a database that is away."""
        answer = client.post("/things", json={"name": "sql"})
        assert (answer.status_code, problem(answer)["type"]) == (500, "/problems/internal-error")


def test_answers_are_not_kept_on_the_way_nor_taken_for_what_they_are_not(
    client: httpx.Client,
) -> None:
    for answer in (client.post("/things", json={"name": "a"}), client.get("/nowhere")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_docs_are_our_own_files_alone(client: httpx.Client) -> None:
    page = client.get("/api/docs")
    assert "POST /things" in page.text
    assert "//" not in page.text.replace("<!--", "")
    assert "<script" not in page.text
    assert page.headers["content-security-policy"] == POLICY
    [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text)
    assert client.get(style).headers["content-type"].startswith("text/css")
    assert client.get("/docs/oauth2-redirect").status_code == 404


class TestBodyLimit:
    def test_ten_megabytes_that_say_so(self, client: httpx.Client) -> None:
        answer = client.post("/things", content=b" " * TEN_MEGABYTES)
        assert (answer.status_code, problem(answer)["type"]) == (413, "/problems/body-too-large")

    def test_they_are_refused_before_they_are_sent(self, client: httpx.Client) -> None:
        connection = http.client.HTTPConnection(
            client.base_url.host, client.base_url.port, timeout=20
        )
        connection.putrequest("POST", "/things")
        connection.putheader("Content-Length", str(TEN_MEGABYTES))
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()

    def test_ten_megabytes_that_do_not_say_so(self, client: httpx.Client) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(TEN_MEGABYTES // 65536):
                yield b" " * 65536

        answer = client.post("/things", content=chunks())
        assert (answer.status_code, problem(answer)["type"]) == (413, "/problems/body-too-large")

    def test_just_below_it_is_read(self, client: httpx.Client) -> None:
        body = b'{"name": "a"}'.rjust(MAX_BODY)
        answer = client.post("/things", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 201


def test_of_large_bodies_a_few_are_taken_at_a_time() -> None:
    """Each is in memory several times over; small ones pass all the while."""
    reached, inside = threading.Semaphore(0), threading.Event()

    async def taking(scope, receive, send) -> None:
        if scope["path"].endswith("/large"):
            reached.release()
            await asyncio.to_thread(inside.wait)
        await Response("taken")(scope, receive, send)

    app = Starlette(routes=[Mount("/", taking)])
    app.add_middleware(BodyLimit, most=lambda _path: 10 * MAX_BODY)
    with serving(app) as client, ThreadPoolExecutor(LARGE_AT_ONCE) as others:
        large: dict[str, Any] = {"content": b" " * (MAX_BODY + 1)}
        taken = [others.submit(client.post, "/large", **large) for _ in range(LARGE_AT_ONCE)]
        for _ in taken:
            assert reached.acquire(timeout=20)
        refused = client.post("/large", **large)
        assert (refused.status_code, problem(refused)["type"]) == (503, "/problems/busy")
        assert client.post("/small", content=b"x").text == "taken"
        inside.set()
        assert [answer.result().text for answer in taken] == ["taken"] * LARGE_AT_ONCE
        assert client.post("/large", **large).text == "taken"


class TestFeedToken:
    @pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
    def test_the_new_and_the_old_are_let_in(self, client: httpx.Client, token: str) -> None:
        answer = client.get("/events", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert answer.json()["events"] == []

    @pytest.mark.parametrize(
        "authorization", [None, "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"]
    )
    def test_others_are_not(self, client: httpx.Client, authorization: str | None) -> None:
        headers = {b"Authorization": authorization.encode()} if authorization else {}
        answer = client.get("/events", headers=headers)
        assert (answer.status_code, problem(answer)["type"]) == (401, "/problems/unauthorized")

    @pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=1001", "after=x"])
    def test_a_page_that_cannot_be_had(self, client: httpx.Client, query: str) -> None:
        answer = client.get(f"/events?{query}", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 422
        problem(answer)


class TestHealth:
    """No Redis anywhere here: the web process serves without it."""

    def test_it_is_healthy_and_ready(self, client: httpx.Client) -> None:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ready"}

    def test_without_its_database_it_is_alive_and_not_ready(self) -> None:
        with PrivatePostgres() as postgres:
            database = Database.open(postgres.url())
            migrate(database)
            with serving(thing_app(database)) as client:
                assert client.get("/readyz").status_code == 200
                postgres.crash()
                answer = client.get("/readyz")
                assert (answer.status_code, problem(answer)["type"]) == (
                    503,
                    "/problems/no-database",
                )
                assert client.get("/healthz").status_code == 200
            database.close()

    def test_a_database_without_its_tables_is_not_ready(self, tmp_path: Path) -> None:
        database = Database.open(f"sqlite:///{tmp_path}/empty.db")
        with serving(thing_app(database)) as client:
            answer = client.get("/readyz")
        assert (answer.status_code, problem(answer)["type"]) == (503, "/problems/not-migrated")
        assert problem(answer)["detail"] == "Run `python -m services.sample migrate`"
        database.close()

    def test_requests_are_measured_by_route(self, client: httpx.Client) -> None:
        client.post("/things", json={"name": "a"})
        text = client.get("/metrics").text
        assert 'emarge_requests_total{method="POST",route="/things",status="201"}' in text
        client.get("/nowhere/for/everyone")
        assert "for/everyone" not in client.get("/metrics").text

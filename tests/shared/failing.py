"""A web process whose every page fails, each with words and variables that are somebody's."""

import threading
from collections.abc import Callable

from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import insert

from shared.base.clock import now
from shared.base.database import Database
from shared.base.settings import Settings, load_settings
from shared.bus.intake import FeedCursor
from shared.http.application import create_app


class Age(BaseModel):
    age: int


def said(words: str) -> None:
    raise ValueError(words)


def looked_up(words: str) -> None:
    try:
        dict[str, str]()[words]
    except KeyError as error:
        raise RuntimeError(f"nobody is called {words}") from error


def meanwhile(words: str) -> None:
    try:
        raise LookupError(words)
    finally:
        said(words)


def grouped(words: str) -> None:
    raise ExceptionGroup(words, [ValueError(words), KeyError(words)])


def understood(words: str) -> None:
    Age.model_validate({"age": words})


def encoded(words: str) -> None:
    f"{words}é".encode("ascii")


def noted(words: str) -> None:
    error = ValueError(words)
    error.add_note(f"it was about {words}")
    raise error


FAILURES: dict[str, Callable[[str], None]] = {
    failure.__name__: failure
    for failure in (said, looked_up, meanwhile, grouped, understood, encoded, noted)
}


def create() -> FastAPI:
    settings = load_settings(Settings, "sample")
    database = Database.open(settings.database_url)
    app = create_app(settings, database, title="Failing", publishes=False)

    @app.get("/fails/{kind}/{words}")
    def fail(request: Request, kind: str, words: str) -> None:
        cookies = request.cookies  # noqa: F841  what is in reach when it happens
        FAILURES[kind](words)

    @app.get("/refused/{words}")
    def be_refused(words: str) -> None:
        row = {"source": words, "position": 0, "head": 0, "seen_at": now()}
        with database.begin() as connection:
            connection.execute(insert(FeedCursor), row)
            connection.execute(insert(FeedCursor), row)

    @app.get("/later/{words}")
    def fail_in_a_thread(words: str) -> None:
        thread = threading.Thread(target=said, args=[words])
        thread.start()
        thread.join()
        said(words)

    return app

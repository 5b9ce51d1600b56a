"""A web process, as it begins to serve."""

import gc

import pytest
from fastapi import FastAPI

from shared.base.settings import Settings
from shared.http import serving
from shared.http.serving import LeavingServer, serve


def test_no_collection_looks_through_what_was_there_before_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a second in which nobody is answered, every few thousand requests."""
    kept: list[list[int]] = []

    def create() -> FastAPI:
        kept.extend([number] for number in range(5000))
        app = FastAPI()
        app.state.settings = Settings(service="sample", service_token="a token of sixteen letters")
        app.state.leaving = []
        return app

    counted: list[int] = []
    monkeypatch.setattr(serving, "import_from_string", lambda _: create)
    monkeypatch.setattr(LeavingServer, "run", lambda _: counted.append(gc.get_freeze_count()))
    before = gc.get_freeze_count()
    serve("anywhere", "127.0.0.1", 0)
    assert counted[0] >= before + 5000

"""The estate, set up once: every test puts back what it has changed."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.routes.estate import ENVIRONMENT, Building, Estate
from tests.routes.table import SERVICES

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Awaits something, always in the same loop: applications keep hold of theirs."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def estate(
    run: Run,
    _sqlite_template: Callable[[str], Path],
    _redis: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Estate]:
    folder = tmp_path_factory.mktemp("estate")
    files = {}
    for service in SERVICES:
        files[service] = folder / f"{service}.db"
        shutil.copy(_sqlite_template(service), files[service])
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        building = Building(folder, files, _redis.url)
    with building.closing:
        built = run(building.build())
        yield built
        for contents in built.contents.values():
            contents.close()

"""The stories in containers, run by `make compose-test`, which says where the settings are."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.system.containers.compose import Compose, Mailpit
from tests.system.containers.figures import Figures

SETTINGS = os.environ.get("EMARGE_COMPOSE_SETTINGS")


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    if SETTINGS is None:
        pytest.skip("needs a Docker engine: run by `make compose-test`")
    stack = Compose(Path(SETTINGS))
    stack("build")
    try:
        yield stack
    finally:
        stack("down", "--volumes", "--timeout", "15")


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    measured = Figures()
    yield measured
    measured.show()


@pytest.fixture(scope="module")
def mailpit() -> Iterator[Mailpit]:
    with closing(Mailpit()) as emails:
        yield emails


@pytest.fixture(scope="module")
def registered() -> list[dict[str, Any]]:
    """Who has registered, as the API answered."""
    return []

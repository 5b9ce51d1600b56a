from collections.abc import Iterator

import pytest

from tests.simulation.stage import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Where runs take place, one after the other."""
    with Stage() as opened:
        yield opened

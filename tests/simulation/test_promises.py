"""What the architecture promises, and the seed that finds the absence of each mechanism."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.simulation.choices import Choices
from tests.simulation.mutations import MUTATIONS
from tests.simulation.stage import Stage

HERE = Path(__file__).parent
ARCHITECTURE = HERE.parents[1] / "ARCHITECTURE.md"
PROMISES = tomllib.loads((HERE / "promises.toml").read_text())
# Found by so early a seed that every run of the tests may look.
EARLY, PATIENCE = 3, 40


def _promised() -> list[str]:
    table = ARCHITECTURE.read_text().partition("| promise |")[2].partition("\n\n")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
    return [re.sub(r"\*", "", row) for row in rows]


def test_every_promise_says_what_finds_its_absence() -> None:
    assert sorted(PROMISES) == sorted(_promised())
    for promise, found in PROMISES.items():
        assert found, promise


def test_every_mechanism_that_can_be_taken_out_is_of_a_promise() -> None:
    named = [name for row in PROMISES.values() for name in row if name != "elsewhere"]
    assert sorted(named) == sorted(MUTATIONS)


def test_what_no_seed_finds_has_its_reason() -> None:
    for row in PROMISES.values():
        for name, found in row.items():
            assert isinstance(found, int) or len(found) > 20, name


@pytest.mark.parametrize(
    "name",
    [
        name
        for row in PROMISES.values()
        for name, found in row.items()
        if isinstance(found, int) and found <= EARLY
    ],
)
def test_its_absence_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTATIONS[name](monkeypatch)
    with Stage() as stage:
        seeds = range(1, PATIENCE + 1)
        assert any(stage.run(Choices(seed))[1] is not None for seed in seeds)

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
# Found by the first seed, so that every run of the tests may look; by a later one after a change.
EARLY, PATIENCE = 1, 20


def _promised() -> list[str]:
    table = ARCHITECTURE.read_text().partition("| promise |")[2].partition("\n\n")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
    return [re.sub(r"\*", "", row) for row in rows]


def test_every_promise_says_what_finds_its_absence() -> None:
    assert sorted(PROMISES) == sorted(_promised())
    assert [promise for promise, found in PROMISES.items() if not found] == []


def test_every_mechanism_that_can_be_taken_out_is_of_a_promise() -> None:
    named = [name for row in PROMISES.values() for name in row if name != "elsewhere"]
    assert sorted(named) == sorted(MUTATIONS)


def test_what_no_seed_finds_has_its_reason() -> None:
    found = [(name, seed) for row in PROMISES.values() for name, seed in row.items()]
    reasons = {name: seed for name, seed in found if not isinstance(seed, int)}
    assert [name for name, seed in found if seed == 0] == []
    assert [name for name, reason in reasons.items() if len(reason) < 20] == []


@pytest.mark.parametrize(
    "name",
    [
        name
        for row in PROMISES.values()
        for name, found in row.items()
        if isinstance(found, int) and found <= EARLY
    ],
)
def test_its_absence_is_found(name: str, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTATIONS[name](monkeypatch)
    assert any(stage.run(Choices(seed))[1] is not None for seed in range(1, PATIENCE + 1))

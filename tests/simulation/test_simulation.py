"""Some seeds of the simulation; `make simulate` runs more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.choices import Choices
from tests.simulation.mutations import MUTATIONS
from tests.simulation.shrinking import shrink
from tests.simulation.stage import Stage
from tests.simulation.story import LINES, story

ROOT = Path(__file__).parents[2]
SEEDS, PART = 40, 10  # half a minute, all tests of this folder together


@pytest.mark.parametrize("first", range(1, SEEDS + 1, PART))
def test_promises_are_kept_whatever_happens(stage: Stage, first: int) -> None:
    for seed in range(first, first + PART):
        run, violation = stage.run(Choices(seed))
        assert violation is None, f"seed {seed}\n{story(run, violation)}"


def test_a_seed_is_one_run_on_any_machine(stage: Stage) -> None:
    """Whatever ran before it, and however Python orders its sets."""
    here = [stage.run(Choices(seed))[0].world.digest() for seed in (2, 1, 2)]
    assert here[0] == here[2]
    command = [sys.executable, "-m", "tests.simulation", "--seeds", "2", "--digests"]
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert dict(line.split() for line in told.stdout.splitlines()) == {"1": here[1], "2": here[0]}


def test_a_failure_is_told_in_few_lines(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTATIONS["counts-follow"](monkeypatch)
    runs = ((seed, *stage.run(Choices(seed))) for seed in range(1, 60))
    seed, run, violation = next(found for found in runs if found[2] is not None)
    made = run.world.choices.made
    attempts = iter(range(8))
    calmer = shrink(stage.run, seed, made, violation.kind, lambda: next(attempts, None) is not None)
    assert sum(map(bool, calmer)) < sum(map(bool, made))
    run, again = stage.run(Choices(seed, calmer))
    assert again is not None
    told = story(run, again).splitlines()
    assert len(told) <= LINES
    assert told[-1] == f"→ {again}"

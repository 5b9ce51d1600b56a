"""The first seed that finds the absence of each mechanism, written into `promises.toml`."""

import re
from pathlib import Path

import pytest

from tests.simulation.choices import Choices
from tests.simulation.mutations import MUTATIONS
from tests.simulation.stage import Stage

PROMISES = Path(__file__).with_name("promises.toml")


def first_seed(stage: Stage, name: str, most: int) -> int | None:
    with pytest.MonkeyPatch.context() as patch:
        MUTATIONS[name](patch)
        for seed in range(1, most + 1):
            if stage.run(Choices(seed))[1] is not None:
                return seed
    return None


def measure(stage: Stage, most: int) -> list[str]:
    """Those that no seed finds; what the file says of them is left to a person."""
    missed = []
    for name in MUTATIONS:
        seed = first_seed(stage, name, most)
        print(f"{name}: {seed or 'not found'}", flush=True)
        if seed is None:
            missed.append(name)
        else:
            line = re.compile(rf"^{re.escape(name)} = .*$", re.MULTILINE)
            PROMISES.write_text(line.sub(f"{name} = {seed}", PROMISES.read_text()))
    return missed

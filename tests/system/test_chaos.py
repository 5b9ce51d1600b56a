"""A short run of the chaos that `make chaos` prolongs: nothing lost, nothing twice."""

import json
import subprocess
import sys

import pytest

SECONDS = 15


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_and_nothing_is_done_twice(database: str) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.system.chaos", "--json"),
            *("--duration", str(SECONDS), "--seed", "11", "--database", database),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    outcome = json.loads(run.stdout)
    assert (run.returncode, outcome["losses"]) == (0, 0), outcome
    assert outcome["faults injected"] >= 3
    assert outcome["registrations accepted"] > 20
    assert outcome["certificates wanted"] > 0

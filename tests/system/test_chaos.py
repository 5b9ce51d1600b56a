"""A short run of the chaos that `make chaos` prolongs: nothing lost or twice, everybody told."""

import json
import subprocess
import sys

import pytest

SECONDS = 8
LEASE = 15  # what hangs is given to another worker the sooner


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_and_nothing_is_done_twice(database: str) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.system.chaos", "--json"),
            *("--duration", str(SECONDS), "--seed", "11", "--database", database),
            *("--lease", str(LEASE), "--clients", "2"),
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
    assert outcome["notices"] > 0
    assert outcome["signatures"] > 0
    acts = outcome["acts of the organiser"]
    assert acts.pop("day cancelled") == 1
    assert sum(acts.values()) >= 3

"""What a bench prints is its tables; what the measured code has to say goes elsewhere."""

import subprocess
import sys

from tests.shared.conftest import ROOT

PROGRAM = """
import structlog
from bench.__main__ import only_say_what_goes_wrong

log = structlog.get_logger()
only_say_what_goes_wrong()
log.info("done")
log.warning("lost")
"""


def test_the_tables_stand_alone() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "lost" in done.stderr
    assert "done" not in done.stderr

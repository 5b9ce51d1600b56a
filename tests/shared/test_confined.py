"""What reads something hostile computes, and does nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEFORE = "from shared.base.confined import confine; confine(2**31, 10)\n"


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://localhost:9')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('/etc/passwd').read()",
        "open('/dev/zero', 'rb').read(1)",
        "open('/tmp/left-behind', 'w')",
    ],
)
def test_a_confined_process_reaches_nothing(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "PermissionError: a confined process may not" in done.stderr


def test_it_computes_and_reads_what_libraries_read() -> None:
    code = "import json, decimal, zoneinfo; print(zoneinfo.ZoneInfo('Europe/Paris'), 6 * 7)"
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "Europe/Paris 42\n"

"""`make audit`: what a tester from outside would run first. Ends with 1 when something was found.

packages  their known weaknesses (pip-audit)
code      the rules of ruff that are bandit's
secrets   in every file and every commit (detect-secrets)
answers   of all three services to whatever they are sent, as each role (schemathesis)

What is meant to hold, and by which test: docs/security.md.
"""

import os
import subprocess
import sys
from collections.abc import Callable

from tests.audit.findings import Findings
from tests.audit.leaks import secrets
from tests.audit.packages import packages
from tests.documentation.reference import ROOT
from tests.schemathesis_run import EXAMPLES

MANY = "50"
ASKED = (
    "tests/registration/test_openapi.py",
    "tests/certificates/test_service_openapi.py",
    "tests/notifications/pages/test_pages_openapi.py",
)
WEAKNESSES_OF_CODE = ("S", "PLE2502")  # bandit's; text that reads otherwise than it runs


def code() -> Findings:
    """ruff's `S` are bandit's rules, one by one, and tell of their exceptions on their lines: a
    second program that finds the same would have its exceptions said twice."""
    command = [sys.executable, "-m", "ruff", "check", "--select", ",".join(WEAKNESSES_OF_CODE)]
    done = subprocess.run(
        [*command, "--output-format", "concise", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = [] if done.returncode == 0 else done.stdout.splitlines() or [done.stderr]
    return Findings("code", "bandit's rules, by ruff", told)


def answers() -> Findings:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", *ASKED],
        cwd=ROOT,
        env=os.environ | {EXAMPLES: MANY},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [] if done.returncode == 0 else done.stdout.splitlines()
    return Findings("answers", "three services asked as each role, minutes of it", told)


PARTS: tuple[Callable[[], Findings], ...] = (packages, code, secrets, answers)


def main() -> None:
    wanted = sys.argv[1:] or [part.__name__ for part in PARTS]
    found = 0
    for part in PARTS:
        if part.__name__ in wanted:
            findings = part()
            found += len(findings.found)
            print("\n".join(findings.lines()), flush=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

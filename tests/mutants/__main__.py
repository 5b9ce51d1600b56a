"""`make mutants`: makes one mistake after another in the modules that promise most, and looks
whether a test fails.

In one process, because most of the time would otherwise be spent in starting it: the tests are
collected and run once, and for each mistake a fork of that process makes it, then runs the tests
that pass there, the fastest first, until one fails. docs/mutants.md tells what was found.
"""

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

import pytest

from tests.mutants.report import write_report
from tests.mutants.trial import Found, Trial

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "mutants.json"

# What is tried, and the tests that concern it.
AREAS = {
    "shared/bus": "tests/shared",
    "services/registration/seats": "tests/registration",
}
TESTS = {
    "tests/shared": "companions cursor dispatch erasure eventlog failing "
    "feed inbox intake jobs lease nudge outcomes parking reader replay timers turns versions "
    "whose_turn",
    "tests/registration": "day_itself declining importing many_at_once notice registering "
    "restoring rules seats wishes",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="shared/bus/lease.py …; all when none is named")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    parser.add_argument("--postgresql", action="store_true", help="tests on PostgreSQL, too")
    parser.add_argument("--limit", type=float, default=60, help="seconds of tests for a mistake")
    arguments = parser.parse_args()
    known: Found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for area, tests in AREAS.items():
        every = _modules(area)
        wanted = [name for name in arguments.modules or every if name in every]
        if wanted:
            _try(wanted, tests, known, arguments)
    if wrong := write_report(ROOT, known, [name for area in AREAS for name in _modules(area)]):
        sys.exit("\n".join(wrong))


def _try(modules: list[str], tests: str, known: Found, arguments: argparse.Namespace) -> None:
    files = [f"{tests}/test_{name}.py" for name in TESTS[tests].split()]
    imported = [importlib.import_module(name[:-3].replace("/", ".")) for name in modules]
    trial = Trial(dict(zip(modules, imported, strict=True)), known, arguments, lambda: _keep(known))
    with tempfile.TemporaryDirectory(prefix="emarge-mutants-") as folder:
        options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        options += ["-o", "tmp_path_retention_policy=none", f"--basetemp={folder}/tests"]
        files = [name for name in files if (ROOT / name).exists()]
        status = pytest.main([*options, *files], plugins=[trial])
    if status != pytest.ExitCode.OK:
        sys.exit("make mutants: the tests fail without a mistake")


def _modules(area: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / area).glob("*.py"))]


def _keep(known: Found) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()

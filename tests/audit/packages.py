"""Known weaknesses of the packages that we stand on: pip-audit asks the index about each."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.audit.findings import Findings

ACCEPTED = Path(__file__).with_name("accepted.toml")
SECONDS = "10"  # that an index has for an answer


def packages() -> Findings:
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--timeout", SECONDS]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Findings("packages", unseen=f"no index could be asked about weaknesses: {why}")
    return judged(told, tomllib.loads(ACCEPTED.read_text())["weaknesses"])


def judged(told: list[dict[str, Any]], accepted: dict[str, str]) -> Findings:
    """Of pip-audit's answer: it counts a package that it could not ask about as a sound one."""
    ours = [package for package in told if "editable" not in package.get("skip_reason", "")]
    seen = [package for package in ours if "skip_reason" not in package]
    found = [
        f"{package['name']} {package['version']}: {weakness['id']}, "
        f"mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in seen
        for weakness in package["vulns"]
        if weakness["id"] not in accepted
    ]
    unseen = len(ours) - len(seen)
    return Findings(
        "packages",
        f"{len(seen)} of {len(ours)} looked up in the index" if seen else "",
        found,
        f"the index here knows no advisories about {unseen} of {len(ours)}" if unseen else "",
    )

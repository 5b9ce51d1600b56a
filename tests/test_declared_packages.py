"""A service runs with the packages that it declares: its image has no others.

Here the packages of all services lie side by side, so each is imported whole in a process of its
own that finds only what uv.lock gives to it.
"""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SERVICES = sorted(each.parent.name for each in ROOT.glob("services/*/pyproject.toml"))

IMPORT_ALL = """
import sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from packaging.utils import canonicalize_name

service, *given = sys.argv[1:]
hidden = {
    module
    for module, names in packages_distributions().items()
    if not {canonicalize_name(name) for name in names} & {*given}
}

class Hides:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

for name in [*sys.modules]:
    if name.partition(".")[0] in hidden:
        del sys.modules[name]
sys.meta_path.insert(0, Hides())
for file in sorted(Path("services", service).rglob("*.py")):
    if not {"migrations", "__main__"} & {*file.with_suffix("").parts}:
        import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))
"""


def packages_of(service: str) -> set[str]:
    """What `uv sync --package` installs for it here."""
    locked: dict[str, dict[str, Any]] = {
        each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    }
    found: set[tuple[str, str | None]] = set()

    def wanted_by(name: str, extra: str | None) -> Iterator[dict[str, Any]]:
        package = locked[name]
        yield from package.get("dependencies", [])
        if extra:
            yield from package.get("optional-dependencies", {}).get(extra, [])

    def add(name: str, extra: str | None = None) -> None:
        if (name, extra) in found:
            return
        found.add((name, extra))
        for wanted in wanted_by(name, extra):
            if "marker" not in wanted or Marker(wanted["marker"]).evaluate():
                for each in (None, *wanted.get("extra", [])):
                    add(wanted["name"], each)

    add(service)
    return {canonicalize_name(name) for name, _ in found}


def imported(service: str, packages: set[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPORT_ALL, service, *sorted(packages)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_all_it_imports_among_its_own_packages(service: str) -> None:
    run = imported(service, packages_of(service))
    assert run.returncode == 0, run.stderr


def test_one_that_it_does_not_declare_is_not_found() -> None:
    run = imported("registration", packages_of("registration") - {"segno"})
    assert "No module named 'segno'" in run.stderr

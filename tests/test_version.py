"""One version of Emarge: in its parts, in the changelog, and wherever a file names it."""

import re
import tomllib
from pathlib import Path

import pytest

from deploy.services import found

ROOT = Path(__file__).parents[1]

VERSION = r"(\d+\.\d+\.\d+\S*)"
# Where else it stands.
NAMED = {
    "deploy/shipped/compose.yml": rf"EMARGE_VERSION:-{VERSION}}}",
    "Dockerfile": rf"^ARG VERSION={VERSION}",
    ".env.example": rf"EMARGE_VERSION={VERSION}",
    "deploy/kubernetes/example/kustomization.yaml": rf"newTag: {VERSION} }}",
}


def project(path: Path) -> str:
    version: str = tomllib.loads(path.read_text())["project"]["version"]
    return version


def released() -> str:
    """The newest version that the changelog tells of."""
    return re.findall(rf"^## {VERSION}", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0]


def test_every_part_has_the_version_that_the_changelog_tells_of() -> None:
    parts = [ROOT / "pyproject.toml", ROOT / "shared/pyproject.toml"]
    parts += [ROOT / "services" / each.name / "pyproject.toml" for each in found() if each.shipped]
    assert {path: project(path) for path in parts} == dict.fromkeys(parts, released())


@pytest.mark.parametrize("file", NAMED)
def test_files_name_no_other_version(file: str) -> None:
    named = re.findall(NAMED[file], (ROOT / file).read_text(), re.MULTILINE)
    assert set(named) == {released()}

"""What checks the code sees what it should, and is the same before a commit as in `make check`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.architecture_rules import ours

ROOT = Path(__file__).parents[1]
OXLINT = Path(sys.executable).with_name("oxlint")

FAULTS = {
    "no-unused-vars": "const left = 1;\n",
    "no-undef": "document.title = nowhere;\n",
    "eqeqeq": "document.hidden = document.title == 1;\n",
    "no-var": "var title = 1;\ndocument.title = title;\n",
    "no-param-reassign": "export function f(x) { x = 1; return x; }\n",
    "no-unused-expressions": "document.title;\n",
    "catch-or-return": 'fetch("/").then((answer) => answer.json());\n',
    "no-unreachable": "export function f() { return 1; document.title = 2; }\n",
}


@pytest.mark.parametrize("rule", FAULTS)
def test_the_linter_of_javascript_finds(rule: str, tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text(FAULTS[rule])
    command = [
        str(OXLINT),
        "--config",
        str(ROOT / ".oxlintrc.json"),
        "--format=unix",
        str(tmp_path),
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert f"({rule})" in found.stdout


def test_every_script_of_a_page_is_a_module() -> None:
    """So that it is strict, and nothing in it is global; but for a block of data, which is none."""
    scripts = [
        (path, tag)
        for path in ours(ROOT)
        if path.suffix == ".html" and path.parts[0] in ("shared", "services", "deploy")
        for tag in re.findall(r"<script\b[^>]*>", (ROOT / path).read_text())
    ]
    assert len(scripts) > 10
    kinds = ('type="module"', 'type="application/ld+json"')
    assert [script for script in scripts if not any(kind in script[1] for kind in kinds)] == []


def test_no_script_makes_markup_of_text() -> None:
    """What was typed stays text where a script shows it, and no text is run."""
    makes = re.compile(r"(inner|outer)HTML\s*\+?=[^=]|insertAdjacentHTML|document\.write|\beval\(")
    scripts = [path for path in ours(ROOT) if path.suffix == ".js" and "vendor" not in path.parts]
    assert len(scripts) > 10
    assert [path for path in scripts if makes.search((ROOT / path).read_text())] == []


def test_a_commit_is_held_to_what_make_check_is() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    commands = [
        line.strip().removeprefix("@").replace("$(PYTHON)", ".venv/bin/python")
        for line in recipe[1].splitlines()
    ]
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == commands

"""How a service belongs to the workspace: by its place, so that a new one edits nothing."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.architecture_rules import ours


def services_are_members(root: Path) -> list[str]:
    """Each service is a virtual member found by its place, so a new one edits nothing here."""
    workspace = tomllib.loads((root / "pyproject.toml").read_text())
    wrong = []
    if "services/*" not in workspace["tool"]["uv"]["workspace"]["members"]:
        wrong.append("pyproject.toml: services/* are no members")
    folders = {
        path.parts[1] for path in ours(root) if path.parts[0] == "services" and path.parts[2:]
    }
    for name in sorted(folders):
        member = root / "services" / name / "pyproject.toml"
        if not member.exists():
            wrong.append(f"services/{name} has no pyproject.toml")
            continue
        said = tomllib.loads(member.read_text())
        if said["project"]["name"] != name:
            wrong.append(f"services/{name} calls itself {said['project']['name']}")
        if said.get("tool", {}).get("uv", {}).get("package") is not False:
            wrong.append(f"services/{name} is not virtual")
        if not any(re.match(r"shared\b", needed) for needed in said["project"]["dependencies"]):
            wrong.append(f"services/{name} does not stand on shared")
        if _is_named(name, workspace):
            wrong.append(f"pyproject.toml: names {name}")
    return wrong


def _is_named(service: str, workspace: dict[str, Any]) -> bool:
    """By its place or as a member. Its name alone may be any word: `events`, `types`, `local`."""
    place = re.compile(rf"\bservices[./]{re.escape(service)}(?![\w-])")
    sources = workspace["tool"]["uv"].get("sources", {})
    return service in sources or any(place.search(text) for text in _texts(workspace))


def _texts(setting: object) -> Iterator[str]:
    """Every key and every value, however deep."""
    if isinstance(setting, dict):
        yield from setting
        setting = list(setting.values())
    if isinstance(setting, list):
        for each in setting:
            yield from _texts(each)
    else:
        yield str(setting)

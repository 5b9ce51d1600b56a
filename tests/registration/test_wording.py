"""Whatever refuses a person says so in their language."""

import ast
from pathlib import Path

import pytest

from services.registration import refusals
from services.registration.api.problems import RULES
from services.registration.web import CATALOGUES
from shared.language import Languages

SOURCES = Path(refusals.__file__).parent


def messages() -> set[str]:
    said = {
        kind.message
        for kind in vars(refusals).values()
        if isinstance(kind, type) and issubclass(kind, refusals.Refusal) and kind.message
    }
    for path in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault":
                said.add(ast.literal_eval(node.args[1]))
    return said | set(RULES.values())


@pytest.mark.parametrize("message", sorted(messages()))
def test_every_refusal_is_translated(message: str) -> None:
    french = Languages.load(CATALOGUES)["fr"].gettext(message)
    assert french != message
    assert french.count("%(") == message.count("%(")

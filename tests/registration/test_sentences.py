"""Whatever refuses a person says so in their language."""

import ast
from pathlib import Path

import pytest

from services.registration.base import chair_refusals, refusals
from services.registration.responses.problems import RULES
from services.registration.web import CATALOGUES
from shared.words.language import Languages

SOURCES = Path(refusals.__file__).parents[1]


# What is said is which argument of these.
MESSAGE_AT = {"Fault": 1, "Unreadable": 0, "Note": 0, "Doubt": 3, "Suspicion": 1}


def _literal(node: ast.expr) -> set[str]:
    """Unless it is another's message, passed on."""
    return {str(node.value)} if isinstance(node, ast.Constant) else set()


def messages() -> set[str]:
    said = {
        kind.message
        for kind in (*vars(refusals).values(), *vars(chair_refusals).values())
        if isinstance(kind, type) and issubclass(kind, refusals.Refusal) and kind.message
    }
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            kind = getattr(node.func, "id", "")
            if kind in MESSAGE_AT and len(node.args) > MESSAGE_AT[kind]:
                said |= _literal(node.args[MESSAGE_AT[kind]])
    return said | set(RULES.values())


@pytest.mark.parametrize("message", sorted(messages()))
def test_every_refusal_is_translated(message: str) -> None:
    french = Languages.load(CATALOGUES)["fr"].gettext(message)
    assert french != message
    assert french.count("%(") == message.count("%(")

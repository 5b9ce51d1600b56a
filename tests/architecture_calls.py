"""The rules of the house about what may be called where."""

import ast
import re
from pathlib import Path

from tests.architecture_rules import modules

# Of a service or of a room of it: what is asked from outside, a folder or a file.
EDGES = {"pages", "api", "responses", "commands"}
STATEMENTS = {"select", "insert", "update", "delete", "upsert"}


def edges_open_no_transaction(root: Path) -> list[str]:
    """What is asked from outside calls use cases, which hold the transactions; statements lie in
    the rooms behind them."""
    wrong = []
    for path in modules(root).values():
        inside = path.with_suffix("").parts[2:]
        if path.parts[0] != "services" or EDGES.isdisjoint(inside):
            continue
        for node in ast.walk(ast.parse((root / path).read_text())):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == "begin":
                wrong.append(f"{path}:{node.lineno} opens a transaction")
            if isinstance(node.func, ast.Name) and node.func.id in STATEMENTS:
                wrong.append(f"{path}:{node.lineno} holds a statement: {node.func.id}")
    return wrong


def jobs_are_moved_by_the_bus(root: Path) -> list[str]:
    """The inbox is asked, not edited: nothing outside its room writes to its table."""
    write = re.compile(r"\b(update|delete|insert)\(\s*(JobRow|JOBS)\b")
    return [
        f"{path} writes to the inbox's table"
        for path in modules(root).values()
        if path.parts[0] in ("shared", "services")
        and path.parts[:2] != ("shared", "bus")
        and write.search((root / path).read_text())
    ]


def only_the_clock_knows_the_time(root: Path) -> list[str]:
    """A moment, a measure and a wait are asked of `shared.base.clock`, so that a test can say what
    time it is, and a simulation let it pass. What a processor spent is no time."""
    asked = re.compile(
        r"\b(datetime\.(now|utcnow|today)|date\.today)\("
        r"|(?<![\w.])time\.(time|monotonic|perf_counter|sleep)(_ns)?\b"
        r"|^from time import"
    )
    return [
        f"{path}:{number} asks the system for the time"
        for path in modules(root).values()
        if path.parts[0] in ("shared", "services") and path != Path("shared/base/clock.py")
        for number, line in enumerate((root / path).read_text().splitlines(), start=1)
        if asked.search(line)
    ]

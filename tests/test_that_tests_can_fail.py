"""A test asserts something whatever it finds: not only inside an `if`, or a loop over what may be
empty. The mechanism that it is about could be taken out, and it would pass.

Only what is certain is told: a loop over a literal, a constant or a range has its rounds, and one
assertion that is always reached is enough.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LITERALS = ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Constant
WITH_ROUNDS = {"range", "enumerate", "zip", "sorted", "list", "reversed", "product", "map"}


def asserts_nothing_for_certain(source: str) -> list[str]:
    """The tests all of whose assertions may be passed by."""
    tests = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )
    return [
        f"{test.lineno} {test.name}"
        for test in tests
        if any(isinstance(node, ast.Assert) for node in ast.walk(test))
        and not any(_certain(test.body, _literals(test)))
    ]


def _certain(body: list[ast.stmt], rounds: set[str]) -> Iterator[bool]:
    """For each statement that is surely reached: whether it checks."""
    for statement in body:
        if isinstance(statement, ast.For | ast.AsyncFor):
            yield _has_rounds(statement.iter, rounds) and any(_certain(statement.body, rounds))
        elif isinstance(statement, ast.If):
            yield any(_certain(statement.body, rounds)) and any(_certain(statement.orelse, rounds))
        elif isinstance(statement, ast.With | ast.AsyncWith):
            yield any(map(_raises, statement.items)) or any(_certain(statement.body, rounds))
        elif isinstance(statement, ast.Try):
            yield any(_certain(statement.body, rounds)) or any(
                _certain(statement.finalbody, rounds)
            )
        elif isinstance(statement, ast.Match):
            yield all(any(_certain(case.body, rounds)) for case in statement.cases)
        elif isinstance(statement, ast.While):
            yield any(_certain(statement.body, rounds))
        else:
            yield _asserts(statement, rounds) or any(map(_may_check, ast.walk(statement)))


def _asserts(statement: ast.stmt, rounds: set[str]) -> bool:
    """Not `assert all(…)` or `assert not any(…)` of what may be nothing."""
    if not isinstance(statement, ast.Assert):
        return False
    said = statement.test
    wanted = "all"
    if isinstance(said, ast.UnaryOp) and isinstance(said.op, ast.Not):
        said, wanted = said.operand, "any"
    if not (isinstance(said, ast.Call) and ast.unparse(said.func) == wanted):
        return True
    over = said.args[0]
    if isinstance(over, ast.GeneratorExp):
        over = over.generators[0].iter
    return _has_rounds(over, rounds)


def _raises(item: ast.withitem) -> bool:
    """`with pytest.raises(…)`, or what was named after it."""
    return "raises" in ast.unparse(item) or "refused" in ast.unparse(item)


def _may_check(node: ast.AST) -> bool:
    """A call that asserts by itself: `assert_consistent`, `check`, a mock's, a test's own."""
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func).rpartition(".")[2]
    return name.startswith(("assert_", "check", "eventually", "raises", "expect", "fail"))


def _literals(test: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that stand for a literal of the test's own, or for what was made of one."""
    found: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.Assign) and _has_rounds(node.value, found):
            found |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return found


def _has_rounds(over: ast.expr, rounds: set[str]) -> bool:
    if isinstance(over, LITERALS):
        return True
    if isinstance(over, ast.ListComp | ast.SetComp | ast.DictComp):
        return not over.generators[0].ifs and _has_rounds(over.generators[0].iter, rounds)
    if isinstance(over, ast.Name):
        return over.id.isupper() or over.id in rounds
    if isinstance(over, ast.Attribute):
        return over.attr.isupper()
    if isinstance(over, ast.Call):
        name = ast.unparse(over.func).rpartition(".")[2]
        inner = over.func.value if isinstance(over.func, ast.Attribute) else None
        if name in ("items", "values", "keys") and inner is not None:
            return _has_rounds(inner, rounds)
        return name == "range" or (
            name in WITH_ROUNDS and all(_has_rounds(each, rounds) for each in over.args)
        )
    return False


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest would collect one of them."""
    names = Counter(path.name for path in HERE.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "path", sorted(HERE.rglob("test_*.py")), ids=lambda path: str(path.relative_to(HERE))
)
def test_every_test_asserts_for_certain(path: Path) -> None:
    assert asserts_nothing_for_certain(path.read_text()) == []


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("assert x", True),
        ("if x: assert x", False),
        ("if x: assert x\n    else: assert y", True),
        ("if x: pass\n    else: assert y", False),
        ("for row in found(): assert row", False),
        ("for row in found(): assert row\n    assert x", True),
        ("for row in (1, 2): assert row", True),
        ("for row in ROWS: assert row", True),
        ("rows = [1, 2]\n    for row in enumerate(rows): assert row", True),
        ("rows = {row: 1 for row in ROWS}\n    for row in rows.items(): assert row", True),
        ("rows = [row for row in ROWS if row]\n    for row in rows: assert row", False),
        ("assert all(row for row in found())", False),
        ("assert not any(row for row in found())", False),
        ("assert all(row for row in (1, 2))", True),
        ("assert any(row for row in found())", True),
        ("try: assert x\n    finally: done()", True),
        ("with pytest.raises(KeyError): go()\n    if x: assert x", True),
        ("with open(x): assert x", True),
        ("check(x)", True),
    ],
)
def test_what_may_be_passed_by_is_found(body: str, fails: bool) -> None:
    source = f"def test_it():\n    {body}\n"
    assert asserts_nothing_for_certain(source) == ([] if fails else ["1 test_it"])

"""What may be wrong with a module: each place of its source, with what a mistake would leave there.

Not touched: what is written to the log, annotations, decorators, docstrings and the bodies of
classes (tables are compared with their migrations, and records only name their fields).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# Clauses of a statement: without one it is still a statement.
CLAUSES = {"where", "filter", "order_by", "limit", "with_for_update", "on_conflict_do_nothing"}
# Calls of whose arguments each may be missing.
LISTS = CLAUSES | {"select", "returning", "or_"}
WIDEST = 100  # letters of a description, before it is of the smaller part alone


@dataclass
class Mutation:
    """One mistake: `statement` is the top-level one it is in, `name` a function or method, or the
    name that is assigned there; `lines` are those that a test must pass to find it."""

    name: str
    line: int
    lines: range
    told: str
    statement: ast.stmt
    _parent: ast.AST
    _field: str
    _index: int | None
    _old: ast.AST
    _new: ast.AST | None

    def make(self) -> None:
        self._put(self._new)

    def undo(self) -> None:
        if self._index is not None and self._new is None:
            getattr(self._parent, self._field).insert(self._index, self._old)
        else:
            self._put(self._old)

    def _put(self, node: ast.AST | None) -> None:
        if self._index is None:
            setattr(self._parent, self._field, node)
        elif node is None:
            del getattr(self._parent, self._field)[self._index]
        else:
            getattr(self._parent, self._field)[self._index] = node


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """All of a module, in the order of its lines."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield from _within(statement, statement.name, statement, _lines(statement))
        elif isinstance(statement, ast.ClassDef):
            for method in statement.body:
                if isinstance(method, ast.FunctionDef):
                    name = f"{statement.name}.{method.name}"
                    yield from _within(method, name, statement, _lines(method))
        elif isinstance(statement, ast.Assign) and not _is_log(statement.targets[0]):
            target = ast.unparse(statement.targets[0])
            yield from _within(statement, target, statement, _lines(statement))


def lines_using(tree: ast.Module, assignment: ast.Assign) -> list[int]:
    """Where functions use what it assigns, or what later assignments make of that."""
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and (
            statement is assignment or names & _names(statement.value)
        ):
            names |= {name for target in statement.targets for name in _names(target)}
    return [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in names
    ]


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _lines(statement: ast.stmt) -> range:
    """Of an `if`, a `for`, a `with` its head alone; of a function its body."""
    body = getattr(statement, "body", None)
    if body is None:
        return range(statement.lineno, (statement.end_lineno or 0) + 1)
    if isinstance(statement, ast.FunctionDef):
        return range(body[0].lineno, (statement.end_lineno or 0) + 1)
    return range(statement.lineno, max(body[0].lineno, statement.lineno + 1))


def _within(parent: ast.AST, name: str, statement: ast.stmt, lines: range) -> Iterator[Mutation]:
    for field, value in ast.iter_fields(parent):
        if field in ("decorator_list", "returns", "annotation", "targets"):
            continue
        several = isinstance(value, list)
        for index, node in enumerate(value) if several else ((None, value),):
            if not isinstance(node, ast.AST) or _is_docstring(parent, node):
                continue
            own = _lines(node) if isinstance(node, ast.stmt) else lines
            for new in _mistakes(parent, field, node):
                line = getattr(node, "lineno", getattr(parent, "lineno", 0))
                place = (statement, parent, field, index, node, new)
                mutation = Mutation(name, line, own, "", *place)
                mutation.told = _told(mutation, parent, node, new)
                yield mutation
            if not (isinstance(node, ast.Call) and _is_log(node.func)):
                yield from _within(node, name, statement, own)


def _mistakes(parent: ast.AST, field: str, node: ast.AST) -> Iterator[ast.AST | None]:
    """What could stand in the place of a node; None: nothing."""
    match node:
        case ast.Constant() if not isinstance(parent, ast.JoinedStr):
            yield from _other_values(node)
        case ast.Call(func=ast.Attribute(attr=attr, value=without)) if attr in CLAUSES:
            yield without
        case ast.Return(value=ast.AST()):
            yield _like(node, ast.Return(ast.Constant(None)))
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue():
            yield _like(node, ast.Pass())
        case _:
            yield from _other_operators(node)
    if field in ("test", "ifs") and isinstance(node, ast.Name | ast.Call | ast.NamedExpr):
        yield _like(node, ast.UnaryOp(ast.Not(), node))
    if isinstance(parent, ast.Call) and (_is_said_by(node) or _may_lack(parent, field)):
        yield None


def _other_values(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool(value):
            yield _like(node, ast.Constant(not value))
        case int(value):
            yield _like(node, ast.Constant(value + 1))
        case str(value):
            yield _like(node, ast.Constant("XX" + value))


def _other_operators(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield _like(node, ast.Compare(node.left, [COMPARISONS[type(op)]()], node.comparators))
        case ast.BoolOp():
            yield _like(node, ast.BoolOp(_other(node.op), node.values))
        case ast.BinOp() if type(node.op) in OPERATORS:
            yield _like(node, ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right))
        case ast.AugAssign() if type(node.op) in OPERATORS:
            other = OPERATORS[type(node.op)]()
            yield _like(node, ast.AugAssign(node.target, other, node.value))
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand


def _other(op: ast.boolop) -> ast.boolop:
    return ast.Or() if isinstance(op, ast.And) else ast.And()


def _is_said_by(node: ast.AST) -> bool:
    """A keyword; not one that is on or off: without it, it is mostly the other."""
    said = isinstance(node, ast.keyword) and node.value
    return bool(said) and not (isinstance(said, ast.Constant) and isinstance(said.value, bool))


def _may_lack(call: ast.Call, field: str) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    return field == "args" and name in LISTS and len(call.args) > 1


def _like(old: ast.AST, new: ast.AST) -> ast.AST:
    return ast.fix_missing_locations(ast.copy_location(new, old))


def _is_log(node: ast.AST) -> bool:
    return ast.unparse(node).split(".")[0] == "log"


def _is_docstring(parent: ast.AST, node: ast.AST) -> bool:
    return (
        isinstance(parent, ast.FunctionDef)
        and isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
    )


def _told(mutation: Mutation, parent: ast.AST, old: ast.AST, new: ast.AST | None) -> str:
    if isinstance(old, ast.Call) and isinstance(old.func, ast.Attribute) and new is old.func.value:
        clause = ", ".join(map(ast.unparse, [*old.args, *old.keywords]))
        before, after = f".{old.func.attr}({clause})", "nothing"
    elif isinstance(parent, ast.expr | ast.keyword) and len(ast.unparse(parent)) < WIDEST:
        before = ast.unparse(parent)
        mutation.make()
        after = ast.unparse(parent)
        mutation.undo()
    else:
        before, after = ast.unparse(old), "nothing" if new is None else ast.unparse(new)
    return f"{before} → {after}".replace("\n", " ")

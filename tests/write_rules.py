"""How writes are found in the code: what a worker's handlers reach, and which UPDATEs nobody asks
whether they found their row.

Names are followed as far as a reader would: through imports, module attributes, and methods of the
same service by their name. What is found too much is declared; nothing is left out in silence.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FENCES = {"complete", "hold", "park", "put_off"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file: `name` is its path, `tree` what is in it."""

    name: str
    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, Function]:
        """By qualified name, such as `Class.method` or `function.inner`."""
        return dict(_qualified(self.tree, ""))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for qualified in self.functions:
            found.setdefault(qualified.rpartition(".")[2], []).append(qualified)
        return found

    def called(self, name: str) -> list[str]:
        """Whatever that name may stand for here."""
        return self._by_name.get(name, [])

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """By the name it has here: the module, and what of it (or a module of that folder)."""
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }


def read(root: Path, *folders: str) -> dict[str, Module]:
    """By dotted name."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): Module(
            str(path.relative_to(root)), ast.parse(path.read_text())
        )
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


def unfenced(modules: dict[str, Module], service: str) -> dict[str, int]:
    """Transactions that a handler reaches and that end or hold no job for certain: how many by
    file and function."""
    found: dict[str, int] = {}
    for dotted, name in reached(modules, service):
        module = modules[dotted]
        count = sum(
            _begins(node) and not _is_fenced(node.body)
            for node in ast.walk(module.functions[name])
            if isinstance(node, ast.With)
        )
        if count:
            found[f"{module.name}: {name}"] = count
    return found


def unasked(modules: dict[str, Module]) -> dict[str, int]:
    """UPDATEs of which nobody asks what they changed: how many by file and function."""
    found: dict[str, int] = {}
    for module in modules.values():
        constants = _constants(module) | {
            name
            for name, (origin, original) in module.imported.items()
            if origin in modules and original in _constants(modules[origin])
        }
        for name, function in module.functions.items():
            updates = _updates_by_name(ast.walk(function), constants)
            count = sum(
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Call)
                and _is_execute(node.value)
                and _is_update(node.value.args[0], updates)
                for node in _own(function)
            )
            if count:
                found[f"{module.name}: {name}"] = count
    return found


def reached(modules: dict[str, Module], service: str) -> list[tuple[str, str]]:
    """The functions that a service's handlers come to: module and qualified name."""
    start = f"services.{service}.service"
    waiting = [
        (start, name)
        for name, function in modules[start].functions.items()
        if any("service.on" in ast.unparse(each) for each in function.decorator_list)
    ]
    waiting.append((start, "open_resources"))
    seen: list[tuple[str, str]] = []
    while waiting:
        dotted, name = each = waiting.pop()
        if each in seen or name not in modules[dotted].functions:
            continue
        seen.append(each)
        waiting += _named_in(modules, service, dotted, modules[dotted].functions[name])
    return seen


def _named_in(
    modules: dict[str, Module], service: str, dotted: str, function: Function
) -> Iterator[tuple[str, str]]:
    here = modules[dotted]
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            if found := here.called(node.id):
                yield from ((dotted, name) for name in found)
            elif node.id in here.imported:
                yield from _of_import(modules, *here.imported[node.id])
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if ".".join(here.imported.get(owner, ())) in modules:
                yield from _of_import(modules, ".".join(here.imported[owner]), node.attr)
            elif owner not in here.imported:
                yield from _methods(modules, service, node.attr)


def _of_import(modules: dict[str, Module], module: str, name: str) -> Iterator[tuple[str, str]]:
    if module in modules:
        yield from ((module, found) for found in modules[module].called(name))


def _methods(modules: dict[str, Module], service: str, name: str) -> Iterator[tuple[str, str]]:
    for dotted, module in modules.items():
        if not dotted.startswith(f"services.{service}."):
            continue
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                method = f"{node.name}.{name}"
                if method in module.functions:
                    yield dotted, method


def _qualified(node: ast.AST, within: str) -> Iterator[tuple[str, Function]]:
    """The functions inside, at any depth."""
    for child in ast.iter_child_nodes(node):
        inside = within
        if isinstance(child, Function | ast.ClassDef):
            inside = f"{within}{child.name}."
        if isinstance(child, Function):
            yield inside[:-1], child
        yield from _qualified(child, inside)


def _begins(node: ast.With) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr == "begin"
        for item in node.items
    )


def _is_fenced(body: list[ast.stmt]) -> bool:
    """Whether what is always done in it ends or holds the job; of a loop, its rounds are."""
    for statement in body:
        if isinstance(statement, ast.For | ast.With | ast.Try):
            if _is_fenced(statement.body):
                return True
        elif isinstance(statement, ast.If):
            if _is_fenced(statement.body) and _is_fenced(statement.orelse):
                return True
        elif any(map(_is_fence, ast.walk(statement))):
            return True
    return False


def _is_fence(node: ast.AST) -> bool:
    """`hold` is a word of others too."""
    if isinstance(node, ast.Name):
        return node.id == "complete_together"
    if not (isinstance(node, ast.Attribute) and node.attr in FENCES):
        return False
    return node.attr != "hold" or ast.unparse(node.value).rpartition(".")[2] == "job"


def _own(function: Function) -> Iterator[ast.AST]:
    """Of a function, but not of those inside it: they have their own turn."""
    for child in ast.iter_child_nodes(function):
        yield from _inside(child)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, Function):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)


def _constants(module: Module) -> set[str]:
    return _updates_by_name(module.tree.body, set())


def _updates_by_name(nodes: Iterable[ast.AST], known: set[str]) -> set[str]:
    """Names that stand for an UPDATE, or what was made of one."""
    found = set(known)
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_update(node.value, found):
            found |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return found


def _is_update(node: ast.expr, names: set[str]) -> bool:
    return any(
        (isinstance(each, ast.Call) and _called(each) == "update")
        or (isinstance(each, ast.Name) and each.id in names)
        for each in ast.walk(node)
    )


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    if isinstance(call.func, ast.Attribute):
        # `set.update(…)` is no statement; `table.update()` is.
        if call.func.attr == "update" and call.args:
            return ""
        return call.func.attr
    return ""


def _is_execute(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "execute" and bool(call.args)

"""A mistake made in a module that is already imported, by whoever holds the names it defines."""

import ast
import inspect
import sys
from types import FunctionType, ModuleType
from typing import Any

from tests.mutants.mutations import Mutation

OURS = ("shared.", "services.", "tests.", "test_")


def apply(module: ModuleType, tree: ast.Module, mutation: Mutation) -> None:
    """`tree` is the module's source; it is changed back before this returns."""
    mutation.make()
    try:
        if isinstance(mutation.statement, ast.Assign):
            _assign(module, tree, mutation.statement)
        else:
            changed = _redefine(module, mutation)
            # A statement may be built by a function, when the module is imported.
            _assign_again(module, tree, {changed})
    finally:
        mutation.undo()


def _redefine(module: ModuleType, mutation: Mutation) -> str:
    """The function that is there gets the mutated code: whoever imported it has it too."""
    statement = mutation.statement
    inside = statement.body if isinstance(statement, ast.ClassDef) else [statement]
    wanted = mutation.name.rpartition(".")[2]
    [definition] = [
        node for node in inside if isinstance(node, ast.FunctionDef) and node.name == wanted
    ]
    made: dict[str, Any] = {}
    plain = _without_annotations(definition)
    exec(  # noqa: S102  our own source
        compile(ast.Module([plain], []), str(module.__file__), "exec"), module.__dict__, made
    )
    living, mutated = _function(module, mutation.name), made[wanted]
    living.__code__ = mutated.__code__
    living.__defaults__, living.__kwdefaults__ = mutated.__defaults__, mutated.__kwdefaults__
    return wanted


def _without_annotations(definition: ast.FunctionDef) -> ast.FunctionDef:
    given = definition.args
    arguments = ast.arguments(
        posonlyargs=[ast.arg(each.arg) for each in given.posonlyargs],
        args=[ast.arg(each.arg) for each in given.args],
        vararg=given.vararg and ast.arg(given.vararg.arg),
        kwonlyargs=[ast.arg(each.arg) for each in given.kwonlyargs],
        kw_defaults=given.kw_defaults,
        kwarg=given.kwarg and ast.arg(given.kwarg.arg),
        defaults=given.defaults,
    )
    plain = ast.FunctionDef(definition.name, arguments, definition.body, [])
    return ast.fix_missing_locations(ast.copy_location(plain, definition))


def _function(module: ModuleType, name: str) -> FunctionType:
    """Beneath its decorators."""
    found: Any = module
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)
    assert function.__code__.co_filename == module.__file__
    return function


def _assign(module: ModuleType, tree: ast.Module, statement: ast.Assign) -> None:
    old = dict(module.__dict__)
    names = _execute(module, statement)
    after = tree.body[tree.body.index(statement) + 1 :]
    names |= _assign_dependants(module, after, names)
    _hand_on(old, module, names)


def _assign_again(module: ModuleType, tree: ast.Module, changed: set[str]) -> None:
    old = dict(module.__dict__)
    _hand_on(old, module, _assign_dependants(module, tree.body, changed))


def _assign_dependants(module: ModuleType, body: list[ast.stmt], changed: set[str]) -> set[str]:
    """Makes anew whatever is made of these names; returns the names of that."""
    anew: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.Assign):
            used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            if used & (changed | anew):
                anew |= _execute(module, statement)
    return anew


def _execute(module: ModuleType, statement: ast.Assign) -> set[str]:
    code = compile(ast.Module([statement], []), str(module.__file__), "exec")
    exec(code, module.__dict__)  # noqa: S102  our own source
    return {
        node.id
        for target in statement.targets
        for node in ast.walk(target)
        if isinstance(node, ast.Name)
    }


def _hand_on(old: dict[str, Any], module: ModuleType, names: set[str]) -> None:
    """To each module that has imported one of these, and what that one makes of it."""
    for other in list(sys.modules.values()):
        if other is module or not getattr(other, "__name__", "").startswith(OURS):
            continue
        got = {
            name for name in names if name in old and other.__dict__.get(name, module) is old[name]
        }
        if got:
            before = dict(other.__dict__)
            other.__dict__.update({name: module.__dict__[name] for name in got})
            source = ast.parse(inspect.getsource(other))
            _hand_on(before, other, _assign_dependants(other, source.body, got))

"""The rules of the house, executable: each takes the root of a tree and tells what breaks it."""

import ast
import itertools
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.new_service.names import NAMELESS

CODE = {".py", ".html", ".j2", ".css", ".js", ".sh", ".txt.j2"}
LONGEST = 300
FACES = ("services.certificates.engine",)
NOT_OURS = {"node_modules", "vendor", "events"}  # libraries as they came; generated pages
CODES = r":\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w-]+(?:,\s*[\w-]+)*\]"
EXCEPTION = re.compile(rf"#\s*(?:noqa|type:\s*ignore)(?P<codes>{CODES})?(?P<reason>.*)")


Rule = Callable[[Path], list[str]]


def ours(root: Path) -> list[Path]:
    """Every file that is kept, by its path from the root: git's list, or all of a made-up tree."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        paths = [Path(line) for line in listed.stdout.splitlines()]
    else:
        paths = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    return sorted(path for path in paths if (root / path).is_file())


def code(root: Path) -> list[Path]:
    return [
        path
        for path in ours(root)
        if path.suffix in CODE and not NOT_OURS.intersection(path.parts[:-1])
    ]


def modules(root: Path) -> dict[str, Path]:
    """Python files by the name they are imported by."""
    found = {}
    for path in ours(root):
        if path.suffix == ".py":
            parts = path.with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path, path: Path, *, deferred: bool = True) -> Iterator[str]:
    """Every module and name that a file imports, dotted; those inside functions if `deferred`."""
    tree = ast.parse((root / path).read_text(), filename=str(path))
    nodes = ast.walk(tree) if deferred else _at_import(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.parts[:-1][: len(path.parts) - node.level]
                base = ".".join([*package, base] if base else package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: no bodies of functions, nothing for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _at_import(node)


def services_stand_alone(root: Path) -> list[str]:
    """A service imports itself and `shared`; `shared` imports no service."""
    wrong = []
    for path in modules(root).values():
        own = path.parts[1] if path.parts[0] == "services" and len(path.parts) > 2 else None
        if own is None and path.parts[0] != "shared":
            continue  # what is around the services may import all of them
        for name in imports(root, path):
            top, _, rest = name.partition(".")
            other = top == "services" and rest and rest.partition(".")[0] != own
            if other or top in ("deploy", "bench", "tests"):
                wrong.append(f"{path} imports {name}")
    return wrong


def files_are_short(root: Path) -> list[str]:
    lengths = ((path, (root / path).read_text().count("\n")) for path in code(root))
    return [f"{path} has {lines} lines" for path, lines in lengths if lines > LONGEST]


def names_say_something(root: Path) -> list[str]:
    """No part of a path is, or ends in, a word that attracts everything."""
    return [
        str(path)
        for path in ours(root)
        if any(
            part.lower().rpartition("_")[2] in NAMELESS
            for part in (*path.parts[:-1], path.name.partition(".")[0])
        )
    ]


def no_import_cycles(root: Path) -> list[str]:
    """Between modules, as Python meets them when it imports them."""
    known = modules(root)
    graph = {name: _needed(root, path, known) - {name} for name, path in known.items()}
    done: set[str] = set()
    cycles: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            cycles.append(" → ".join([*way[way.index(name) :], name]))
        elif name not in done:
            for target in sorted(graph[name]):
                visit(target, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    return cycles


def _needed(root: Path, path: Path, known: dict[str, Path]) -> set[str]:
    """What must be there first; `from package import module` needs the module, not its siblings."""
    found = [name for name in imports(root, path, deferred=False) if name in known]
    inner = {name.rpartition(".")[0] for name in found}
    return {name for name in found if name not in inner}


def rooms_have_one_direction(root: Path) -> list[str]:
    """Between the rooms of `shared` and of each service, imports go one way; so they do inside a
    room that has rooms. A room is a folder, or a file that lies beside folders."""
    found = modules(root)
    rooms = {path.parent for path in found.values() if path.parts[0] in ("shared", "services")}
    houses = {house for room in rooms for house in room.parents if house.parts}
    houses.discard(Path("services"))  # they may not import each other at all
    return [
        f"{house}: {circle}" for house in sorted(houses) for circle in _circles(root, house, found)
    ]


def _circles(root: Path, house: Path, known: dict[str, Path]) -> Iterator[str]:
    """Each circle of rooms in a folder, with one import that ties every two of them."""
    ties: dict[str, dict[str, str]] = {}
    for path in known.values():
        room = _room(house, path)
        if room is None:
            continue
        for name in imports(root, path):
            target = _room(house, known[name]) if name in known else None
            if target not in (None, room):
                ties.setdefault(room, {}).setdefault(target, f"{path} imports {name}")
    done: set[str] = set()

    def visit(room: str, way: tuple[str, ...]) -> Iterator[str]:
        if room in way:
            circle = [*way[way.index(room) :], room]
            because = "; ".join(ties[a][b] for a, b in itertools.pairwise(circle))
            yield f"{' → '.join(circle)} ({because})"
        elif room not in done:
            for target in sorted(ties.get(room, ())):
                yield from visit(target, (*way, room))
            done.add(room)

    for room in sorted(ties):
        yield from visit(room, ())


def _room(house: Path, path: Path) -> str | None:
    """Where in the house a file is; None outside, and for the house's own face."""
    if not path.is_relative_to(house):
        return None
    inside = path.relative_to(house)
    return None if inside == Path("__init__.py") else inside.parts[0]


def faces_hide_what_is_behind(root: Path) -> list[str]:
    """What has a face is used by it alone, also by benches; its own tests may look behind it."""
    wrong = []
    for path in modules(root).values():
        for face in FACES:
            own = face.replace(".", "/")
            tests = own.replace("services", "tests", 1)
            if path.is_relative_to(own) or path.is_relative_to(tests):
                continue
            behind = {
                name
                for name in imports(root, path)
                if name.startswith(f"{face}.") and _is_module(root, name)
            }
            wrong += [f"{path} imports {name}, behind the face of {face}" for name in behind]
    return wrong


def _is_module(root: Path, name: str) -> bool:
    place = root / name.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").exists()


def exceptions_have_reasons(root: Path) -> list[str]:
    """Every `noqa`, `type: ignore` and rule that is switched off carries its code and reason."""
    wrong = []
    for path in modules(root).values():
        for number, comment in _comments(root / path):
            found = EXCEPTION.search(comment)
            if found and not (found["codes"] and found["reason"].strip(" #")):
                wrong.append(f"{path}:{number} {comment}")
    settings = root / "pyproject.toml"
    return wrong + (_unexplained_settings(settings) if settings.exists() else [])


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _unexplained_settings(settings: Path) -> list[str]:
    """Each ignored rule of ruff, each override of mypy: a line of its own with its reason."""
    wrong, inside = [], False
    for line in settings.read_text().splitlines():
        if re.match(r"(ignore|\"[^\"]+\") = \[$", line):
            inside = True
        elif line.startswith("]"):
            inside = False
        elif (inside and "#" not in line) or re.match(r"ignore_\w+ = true\s*$", line):
            wrong.append(f"pyproject.toml: {line.strip()}")
    return wrong

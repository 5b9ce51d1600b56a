"""One run of pytest in which every mistake is tried in a fork."""

import argparse
import ast
import gc
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.living import apply
from tests.mutants.mutations import Mutation, lines_using, mutations

SLOW = 6.0  # seconds: a test that takes more is no help here
HUNG = 15  # seconds more than ten times what a test takes without a mistake

Found = dict[str, dict[str, str]]  # module: mistake: how it was found, or "" when it was not


class Nothing:
    """What comes after a test: only what is set up for the whole run stays."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[pytest.Session]:
        return [self._session]


class Trial:
    """Tries `modules`, adds to what is `known`, and calls `keep` after each module."""

    def __init__(
        self,
        modules: dict[str, ModuleType],
        known: Found,
        arguments: argparse.Namespace,
        keep: Callable[[], None],
    ) -> None:
        self._modules = modules
        self._known = known
        self._arguments = arguments
        self._durations: dict[str, float] = {}
        self._passing: dict[str, dict[int, list[str]]] = {}
        self._keep = keep

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if not self._arguments.postgresql:
            items[:] = [item for item in items if not _on_postgresql(item)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self._run_once(session):
            session.testsfailed = 1
            return True
        gc.freeze()  # a fork need not copy what it only counts
        for name, module in self._modules.items():
            self._known[name] = self._try_module(session, name, module)
            self._keep()
        session._setupstate.teardown_exact(None)  # noqa: SLF001  pytest has no other way
        return True

    def _run_once(self, session: pytest.Session) -> bool:
        """Without a mistake: how long each test takes, and which lines it passes."""
        watch = coverage.Coverage(
            include=[str(module.__file__) for module in self._modules.values()],
            data_file=None,
            config_file=False,
        )
        watch.start()
        for item in session.items:
            watch.switch_context(item.nodeid)
            began = time.monotonic()
            if not _passes(session, item):
                print("fails without a mistake:", item.nodeid)
                return False
            self._durations[item.nodeid] = time.monotonic() - began
        watch.stop()
        data = watch.get_data()
        for name, module in self._modules.items():
            self._passing[name] = data.contexts_by_lineno(str(module.__file__))
        return True

    def _try_module(self, session: pytest.Session, name: str, module: ModuleType) -> dict[str, str]:
        tree = ast.parse(Path(str(module.__file__)).read_text())
        items = {item.nodeid: item for item in session.items}
        kills: Counter[str] = Counter()
        own = f"/test_{Path(name).stem}.py"  # written for it: as good as one that has found one
        found: dict[str, str] = {}
        for mutation in mutations(tree):
            told = _key(mutation, found)
            before = self._known.get(name, {}).get(told)
            if self._arguments.again and before:
                found[told] = before
                continue
            able = sorted(
                self._tests_of(name, tree, mutation),
                key=lambda node: (kills[node] + (own in node) + 0.1) / self._durations[node],
                reverse=True,
            )
            killer = self._fork(session, [items[node] for node in able], module, tree, mutation)
            kills[killer] += 1
            found[told] = killer
            if not killer:
                print(f"survived: {name}:{mutation.line} {told} ({len(able)} tests)", flush=True)
        killed = sum(map(bool, found.values()))
        print(f"{name}: {killed} of {len(found)}", flush=True)
        return found

    def _tests_of(self, name: str, tree: ast.Module, mutation: Mutation) -> Iterable[str]:
        lines = self._passing[name]
        assigned = mutation.statement if isinstance(mutation.statement, ast.Assign) else None
        wanted = lines_using(tree, assigned) if assigned else mutation.lines
        nodes = {node for line in wanted for node in lines.get(line, ()) if node}
        # What is used elsewhere, or when the module is imported, is passed by none.
        nodes = nodes or {node for tests in lines.values() for node in tests if node}
        return [node for node in nodes if self._durations[node] < SLOW]

    def _fork(
        self,
        session: pytest.Session,
        items: list[pytest.Item],
        module: ModuleType,
        tree: ast.Module,
        mutation: Mutation,
    ) -> str:
        """The test that failed, or what else went wrong; "" when all passed."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            _silence()
            os.write(write, self._outcome(session, items, module, tree, mutation).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        return "it hung or crashed" if os.WIFSIGNALED(status) else told

    def _outcome(
        self,
        session: pytest.Session,
        items: list[pytest.Item],
        module: ModuleType,
        tree: ast.Module,
        mutation: Mutation,
    ) -> str:
        try:
            apply(module, tree, mutation)
        except Exception as error:  # noqa: BLE001  as when it is imported
            return f"not even imported: {type(error).__name__}"
        ends = time.monotonic() + self._arguments.limit
        for item in items:
            if time.monotonic() > ends:
                break
            signal.alarm(HUNG + int(10 * self._durations[item.nodeid]))
            if not _passes(session, item):
                return item.nodeid
        return ""


def _passes(session: pytest.Session, item: pytest.Item) -> bool:
    try:
        reports = runtestprotocol(item, log=False, nextitem=Nothing(session))  # type: ignore[arg-type]  # what pytest and ast say of themselves is wider
    except BaseException:  # noqa: BLE001  whatever it is, it is no success
        return False
    return not any(report.failed for report in reports)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.stdout.flush()


def _on_postgresql(item: pytest.Item) -> bool:
    return "postgres" in item.name or bool(
        {"postgres", "postgres_url"} & set(getattr(item, "fixturenames", ()))
    )


def _key(mutation: Mutation, taken: Iterable[str]) -> str:
    """One mistake's name, which stays the same when lines move."""
    told = f"{mutation.name}: {mutation.told}"
    number = sum(other == told or other.startswith(f"{told} (") for other in taken)
    return f"{told} ({number + 1})" if number else told

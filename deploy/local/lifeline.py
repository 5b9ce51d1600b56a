"""Sees to it that nothing outlives the supervisor, not even when it is killed with -9.

A process of its own, at the other end of a pipe: the supervisor tells it which process groups there
are (`+pid`, `-pid`, one a line). When the pipe closes, whatever is still listed is ended.

Linux could do this with PR_SET_PDEATHSIG, but for direct children only, and macOS cannot.
"""

import os
import signal
import subprocess
import sys
import time

GRACE = 3.0


class Lifeline:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._process = self._start()

    def add(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def remove(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def restart_if_dead(self) -> None:
        if self._process.poll() is not None:
            self._process = self._start()
            self._tell("".join(f"+{group}\n" for group in self._groups))

    def close(self) -> None:
        """Let go: the lifeline ends what is still listed, and then itself."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local.lifeline"],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  it was opened as a pipe
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            self.restart_if_dead()


def end_all(groups: set[int]) -> None:
    """Ask every process group to end, and kill those that are still there after the grace."""
    _signal_all(groups, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while groups and time.monotonic() < deadline:
        time.sleep(0.1)
        groups = {group for group in groups if _send(group, 0)}
    _signal_all(groups, signal.SIGKILL)


def _signal_all(groups: set[int], number: int) -> None:
    for group in groups:
        _send(group, number)


def _send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    end_all(groups)


if __name__ == "__main__":
    main()

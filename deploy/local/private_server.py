"""A server that tests start, stop and kill; its port and its data stay across restarts."""

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from deploy.local.ports import answers
from deploy.local.program import MOMENT, Program, Running


class PrivateServer(ABC):
    """One run after another of a program that listens on a port. Leaving its block kills it."""

    patience: ClassVar[float]  # seconds until it answers
    port: int

    def __init__(self, log: Path) -> None:
        self._log = log
        self._running: Running | None = None

    @abstractmethod
    def _program(self) -> Program:
        """What to run, with its folder prepared."""

    @abstractmethod
    def _tidy(self) -> None:
        """Take away what it leaves."""

    def _is_up(self) -> bool:
        return answers(self.port)

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start it and wait until it has loaded its data and answers."""
        program = self._program()
        self._running = Running(program, self._log)
        deadline = time.monotonic() + self.patience
        while not self._is_up():
            if self._running.exit_code is not None or time.monotonic() > deadline:
                said = self._log.read_text()[-2000:]
                raise RuntimeError(f"{program.name} did not start:\n{said}")
            time.sleep(MOMENT)

    def stop(self) -> None:
        """As an operator would."""
        if self._running:
            self._running.stop()
            self._running = None

    def kill(self) -> None:
        """As a power cut would."""
        if self._running:
            self._running.kill()
            self._running = None

    def signal(self, number: int) -> None:
        if self._running:
            self._running.signal(number)

    def restart(self) -> None:
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.kill()
        self._tidy()

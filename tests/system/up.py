"""One run of `make up`, as someone at a terminal has it, for the tests that need all of Emarge."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from deploy.local.mailbox import Mailbox
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.local.strangers import no_cookies
from deploy.services import ROOT
from shared.testing import eventually

STARTED_WITHIN = 120.0


@dataclass
class Up:
    """One run of the command, on a home that survives it."""

    stack: Stack
    process: "subprocess.Popen[str]"
    output: Path
    browser: httpx.Client

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.stack.mails)

    def token(self, role: str) -> dict[str, str]:
        token = self.stack.run("registration", "token", "create", f"test {uuid4()}", "--role", role)
        return {"Authorization": f"Bearer {token}"}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def processes(self) -> dict[int, str]:
        """Everything that runs with this home's ports or folder in its command or environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            if command and str(self.stack.home).encode() in command + environment:
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()
        return found

    def process_id(self, command: str) -> int:
        """The oldest process with these words in its command line."""
        return min(pid for pid, line in self.processes().items() if command in line)


def start(home: Path, ports: Ports, root: Path = ROOT, **settings: str) -> Up:
    """`make up` of this checkout, or of another one with packages of its own."""
    output = home.parent / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            [
                sys.executable if root == ROOT else root / ".venv/bin/python",
                "-m",
                "deploy.local.up",
            ],
            cwd=root,
            env={
                **os.environ,
                "EMARGE_HOME": str(home),
                "EMARGE_PORT": str(ports.front),
                **settings,
            },
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
    stack = Stack(home, ports)
    browser = httpx.Client(base_url=stack.url, timeout=60, trust_env=False, cookies=no_cookies())
    up = Up(stack, process, output, browser)
    eventually(lambda: "Ctrl-C" in up.said or process.poll() is not None, STARTED_WITHIN)
    assert process.poll() is None, up.said
    return up


@contextmanager
def running(home: Path, ports: Ports | None = None, root: Path = ROOT) -> Iterator[Up]:
    """From its start to its Ctrl-C."""
    up = start(home, ports or Ports.any_free(), root)
    try:
        yield up
    finally:
        up.browser.close()
        up.stop()

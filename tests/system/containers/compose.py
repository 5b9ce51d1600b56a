"""A running `docker compose` project, as an operator and a visitor meet it."""

import base64
import json
import os
import re
import ssl
import subprocess
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from deploy.local.strangers import no_cookies
from deploy.services import found

ROOT = Path(__file__).parents[3]
PROGRAMME = ROOT / "conferences" / "journee-nationale-2019.yaml"
SERVICES = tuple(service.name for service in found())
PROJECT = "emarge-test"
URL = "https://localhost:18443"
MAILS = "http://localhost:18025"


class Compose:
    """`docker compose` for one project of the checkout at `root`, with the settings of one file."""

    def __init__(self, settings: Path, root: Path = ROOT) -> None:
        self._settings = settings
        self._root = root

    def __call__(self, *command: str, given: bytes | None = None, timeout: float = 900) -> str:
        """What the command prints; raises with what it said when it fails."""
        done = subprocess.run(
            ["docker", "compose", "-p", PROJECT, "--env-file", str(self._settings), *command],  # noqa: S607  wherever Docker is installed
            cwd=self._root,
            input=given,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.stderr.decode()[-3000:]}")
        return done.stdout.decode()

    def up(self, *options: str) -> None:
        """Everything, until all that can tell how they are, are healthy."""
        self("up", "-d", "--no-build", "--wait", "--wait-timeout", "600", *options)

    def set(self, **settings: str) -> None:
        """Change lines of the settings; nothing knows of it before the next `up`."""
        text = self._settings.read_text()
        for name, value in settings.items():
            text, count = re.subn(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert count == 1, name
        self._settings.write_text(text)

    def setting(self, name: str) -> str:
        (value,) = re.findall(rf"^{name}=(.*)$", self._settings.read_text(), re.MULTILINE)
        return str(value)

    def import_programme(self, day: date) -> None:
        self.emarge(
            "registration-web",
            *("import", "/dev/stdin", "--date", day.isoformat()),
            given=PROGRAMME.read_bytes(),
        )

    def script(self, name: str, *arguments: str) -> str:
        """What one of the operator's scripts in deploy/ prints."""
        done = subprocess.run(
            [self._root / "deploy" / name, *arguments],
            env=os.environ
            | {"COMPOSE_PROJECT_NAME": PROJECT, "COMPOSE_ENV_FILES": str(self._settings)},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, f"deploy/{name}: {done.stderr[-3000:]}"
        return done.stdout

    def emarge(self, container: str, *command: str, given: bytes | None = None) -> str:
        """A command of a service, in one of its containers."""
        return self("exec", "-T", container, "emarge", *command, given=given)

    def status(self, service: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.emarge(f"{service}-intake", "status", "--json"))
        return answer

    def crash(self, container: str, index: int = 1) -> None:
        """kill -9 of everything that the container's init started."""
        self("exec", "-T", "--index", str(index), container, "sh", "-c", "kill -9 -1 || true")

    def freeze(self, container: str) -> None:
        """Stop its Python processes in their tracks, as a machine that swaps or a deadlock does."""
        freeze = (
            "for p in /proc/[0-9]*; do"
            " case $(cat $p/comm 2>/dev/null) in python*) kill -STOP ${p#/proc/};; esac; done"
        )
        self("exec", "-T", container, "sh", "-c", freeze)

    def restarts(self, container: str) -> int:
        """How often the engine has started it again."""
        return sum(map(int, self._inspect(container, "{{.RestartCount}}")))

    def ids(self, *services: str) -> list[str]:
        """Of the running containers of these services, or of all."""
        return self("ps", "--quiet", *services).split()

    def image(self, service: str) -> str:
        """What its container was made from."""
        (image,) = self("images", "--quiet", service).split()
        return image

    def version(self, service: str) -> str:
        """The tag of the image that its containers run."""
        (image,) = self._inspect(service, "{{.Config.Image}}")
        return image.rpartition(":")[2]

    def health(self) -> Counter[str]:
        """How many containers of each service are healthy."""
        return Counter(c["Service"] for c in self._running() if c["Health"] == "healthy")

    def is_well(self) -> bool:
        """Whether all that can tell how they are, are healthy."""
        return all(container["Health"] in ("healthy", "") for container in self._running())

    def _inspect(self, service: str, what: str) -> list[str]:
        done = subprocess.run(
            ["docker", "inspect", "--format", what, *self.ids(service)],  # noqa: S607  wherever Docker is installed
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    def _running(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("ps", "--format", "json").splitlines()]

    def visitor(self) -> httpx.Client:
        """Many people on kept connections, who trust Caddy's own authority and nothing else."""
        root = self("exec", "-T", "caddy", "cat", "/data/caddy/pki/authorities/local/root.crt")
        trust = ssl.create_default_context(cadata=root)
        return httpx.Client(
            base_url=URL, verify=trust, timeout=30, trust_env=False, cookies=no_cookies()
        )


class Mailpit:
    """The emails that Mailpit keeps."""

    def __init__(self) -> None:
        self._http = httpx.Client(base_url=MAILS, trust_env=False, timeout=30)

    def close(self) -> None:
        self._http.close()

    def messages(self) -> list[dict[str, Any]]:
        """Each email once: ID, To, Subject, MessageID."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._http.get("/api/v1/messages", params={"start": len(found), "limit": 500})
            page.raise_for_status()
            body = page.json()
            new = [m for m in body["messages"] if m["ID"] not in {known["ID"] for known in found}]
            found += new
            if not new or len(found) >= body["total"]:
                return found

    def text(self, message: dict[str, Any]) -> str:
        """The email as received, with its transfer encodings undone as far as links need it."""
        raw = self._http.get(f"/api/v1/message/{message['ID']}/raw").text
        blocks = re.findall(r"(?:^[A-Za-z0-9+/=]{60,76}\r?\n)+[A-Za-z0-9+/=]*", raw, re.MULTILINE)
        decoded = [base64.b64decode(block, validate=False) for block in blocks]
        plain = raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
        return plain + "".join(part.decode(errors="replace") for part in decoded)

    def recipients(self, of: list[dict[str, Any]]) -> Counter[str]:
        return Counter(message["To"][0]["Address"] for message in of)


def seconds(action: Any) -> float:
    """How long it takes."""
    start = time.monotonic()
    action()
    return time.monotonic() - start

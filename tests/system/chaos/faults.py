"""What can go wrong, and making it go wrong: one function each, chosen at random."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis

from deploy.local.postgres import PrivatePostgres
from deploy.local.supervisor import Supervisor

SERVICES = ("registration", "notifications", "certificates")
PAUSES = (0.5, 5.0)  # seconds between two faults


@dataclass
class Target:
    """Where the faults strike."""

    supervisor: Supervisor
    redis_url: str
    emails_url: str
    certificates: Path
    lease: float
    postgres: PrivatePostgres | None = None


@dataclass
class Saboteur:
    """Injects a random fault every now and then; `injected` counts them by name."""

    target: Target
    dice: random.Random
    injected: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def run(self, seconds: float) -> None:
        """Strike for this long, then put everything right again."""
        faults = faults_for(self.target)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            name, fault = self.dice.choice(faults)
            try:
                fault(self.target, self.dice)
                self.injected[name] = self.injected.get(name, 0) + 1
            except (LookupError, ProcessLookupError) as nobody:
                self.skipped[name] = str(nobody)  # it was just dead from an earlier fault
            time.sleep(self.dice.uniform(*PAUSES))
        heal(self.target)


Fault = Callable[[Target, random.Random], None]


def faults_for(target: Target) -> list[tuple[str, Fault]]:
    """Every fault that this target can suffer, by name."""
    faults: dict[str, Fault] = {
        "kill -9 web": kill(*(f"{service}-web" for service in SERVICES)),
        "kill -9 intake": kill(*(f"{service}-intake" for service in SERVICES)),
        "kill -9 worker": kill(*(f"{service}-worker" for service in SERVICES)),
        "kill -9 worker child": kill_child,
        "SIGTERM worker": kill(*(f"{s}-worker" for s in SERVICES), number=signal.SIGTERM),
        "SIGTERM web": kill("registration-web", number=signal.SIGTERM),
        "freeze worker past its lease": freeze,
        "FLUSHALL": flush,
        "kill -9 Redis": kill("redis"),
        "SMTP 421": misbehave("421"),
        "SMTP 451": misbehave("451"),
        "SMTP 550": misbehave("550"),
        "SMTP refuses connections": misbehave("refuse-connection"),
        "SMTP hangs": misbehave("hang"),
        "SMTP closes before the dot": misbehave("close-before-dot"),
        "SMTP closes after the dot": misbehave("close-after-dot"),
        "certificate store refuses": lock_store,
    }
    if target.postgres is not None:
        faults["restart PostgreSQL, fast"] = restart_postgres(immediate=False)
        faults["restart PostgreSQL, immediate"] = restart_postgres(immediate=True)
    return list(faults.items())


def kill(*names: str, number: int = signal.SIGKILL) -> Fault:
    def strike(target: Target, dice: random.Random) -> None:
        os.kill(_process(target, dice.choice(names)), number)

    return strike


def kill_child(target: Target, dice: random.Random) -> None:
    worker = _process(target, f"{dice.choice(SERVICES)}-worker")
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    if not children:
        raise LookupError("the worker has no child now")
    os.kill(int(dice.choice(children)), signal.SIGKILL)


def freeze(target: Target, dice: random.Random) -> None:
    """Stop a worker with its children, and let it go on once its lease is another's."""
    group = _process(target, f"{dice.choice(SERVICES)}-worker")
    os.killpg(group, signal.SIGSTOP)

    def thaw() -> None:
        try:
            os.killpg(group, signal.SIGCONT)
        except ProcessLookupError:
            return

    threading.Timer(target.lease + 1.5, thaw).start()


def flush(target: Target, _dice: random.Random) -> None:
    try:
        redis.Redis.from_url(target.redis_url, socket_timeout=2).flushall()
    except redis.RedisError as error:
        raise LookupError(str(error)) from None


def misbehave(fault: str) -> Fault:
    def strike(target: Target, dice: random.Random) -> None:
        body = {"fault": fault, "times": dice.randint(1, 10), "seconds": 8}
        httpx.put(
            f"{target.emails_url}/misbehaviour", json=body, trust_env=False
        ).raise_for_status()

    return strike


def lock_store(target: Target, dice: random.Random) -> None:
    """For a while nothing can be written to the certificate store, as on a full disk."""
    folder, aside = target.certificates, target.certificates.with_suffix(".aside")
    if not folder.is_dir():
        raise LookupError("nothing is stored yet")
    folder.rename(aside)
    folder.write_text("no folder")  # whoever wants to write in it gets an OSError, root included

    def restore() -> None:
        folder.unlink()
        aside.rename(folder)

    threading.Timer(dice.uniform(1, 4), restore).start()


def restart_postgres(*, immediate: bool) -> Fault:
    def strike(target: Target, _dice: random.Random) -> None:
        if target.postgres is None:
            raise LookupError("no PostgreSQL here")
        target.postgres.restart(immediate=immediate)

    return strike


def heal(target: Target) -> None:
    """The end of the faults: what lasts longer than a moment is waited for or taken back."""
    httpx.delete(f"{target.emails_url}/misbehaviour", trust_env=False).raise_for_status()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


def _process(target: Target, name: str) -> int:
    try:
        return target.supervisor.processes[name]
    except KeyError:
        raise LookupError(f"{name} is not running now") from None

"""What can go wrong, and making it go wrong: one function each, chosen at random."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis

from deploy.local.postgres import PrivatePostgres
from deploy.local.rabbitmq import PrivateRabbit
from deploy.local.stack import SERVICES
from deploy.local.supervisor import Supervisor
from shared.testing import eventually
from tests.system.chaos.disk import Disk

# Seconds between two faults, shorter ones more often.
SHORTEST, LONGEST = 0.5, 5.0


@dataclass
class Target:
    """Where the faults strike. `services` are those whose processes are killed."""

    supervisor: Supervisor
    redis_url: str
    emails_url: str
    certificates: Disk
    lease: float
    postgres: PrivatePostgres | None = None
    rabbit: PrivateRabbit | None = None
    services: Sequence[str] = SERVICES

    def processes(self, kind: str) -> list[str]:
        """Those of that kind: web, intake, worker."""
        return [f"{service}-{kind}" for service in self.services]


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
            time.sleep(self.dice.triangular(SHORTEST, LONGEST, SHORTEST))
        heal(self.target)

    def kill_teller(self) -> None:
        """A worker that sends notices, with its children or one of them."""
        name = "kill -9 worker while it tells"
        strike = self.dice.choice(
            (kill("notifications-worker"), kill_child_of("notifications-worker"))
        )
        try:
            strike(self.target, self.dice)
            self.injected[name] = self.injected.get(name, 0) + 1
        except (LookupError, ProcessLookupError) as nobody:
            self.skipped[name] = str(nobody)


Fault = Callable[[Target, random.Random], None]


def faults_for(target: Target) -> list[tuple[str, Fault]]:
    """Every fault that this target can suffer, by name."""
    webs, intakes, workers = map(target.processes, ("web", "intake", "worker"))
    faults: dict[str, Fault] = {
        "kill -9 web": kill(*webs),
        "kill -9 intake": kill(*intakes),
        "kill -9 worker": kill(*workers),
        "kill -9 worker child": kill_child_of(*workers),
        "kill -9 front": kill("front"),
        "kill -9 SMTP server": kill("smtp-sink"),
        "SIGTERM web": kill(*webs, number=signal.SIGTERM),
        "SIGTERM intake": kill(*intakes, number=signal.SIGTERM),
        "SIGTERM worker": kill(*workers, number=signal.SIGTERM),
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
        "certificate store's disk full": fill_disk,
    }
    if target.postgres is not None:
        faults["restart PostgreSQL, fast"] = restart_postgres(immediate=False)
        faults["restart PostgreSQL, immediate"] = restart_postgres(immediate=True)
    if target.rabbit is not None:
        faults["kill -9 RabbitMQ"] = kill_rabbit
    return list(faults.items())


def kill(*names: str, number: int = signal.SIGKILL) -> Fault:
    def strike(target: Target, dice: random.Random) -> None:
        os.kill(_process(target, dice.choice(names)), number)

    return strike


def kill_child_of(*names: str) -> Fault:
    def strike(target: Target, dice: random.Random) -> None:
        worker = _process(target, dice.choice(names))
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        if not children:
            raise LookupError("the worker has no child now")
        os.kill(int(dice.choice(children)), signal.SIGKILL)

    return strike


def freeze(target: Target, dice: random.Random) -> None:
    """Stop a worker with its children, and let it go on once its lease is another's."""
    group = _process(target, dice.choice(target.processes("worker")))
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
        body = {"fault": fault, "times": dice.randint(1, 10), "seconds": target.lease / 4}
        try:
            httpx.put(
                f"{target.emails_url}/misbehaviour", json=body, trust_env=False
            ).raise_for_status()
        except httpx.TransportError as error:
            raise LookupError(str(error)) from None

    return strike


def fill_disk(target: Target, dice: random.Random) -> None:
    """For a while nothing can be written to the certificate store."""
    disk = target.certificates
    if disk.is_full():
        raise LookupError("it is full already")
    disk.fill()
    threading.Timer(dice.uniform(1, 4), disk.free).start()


def restart_postgres(*, immediate: bool) -> Fault:
    def strike(target: Target, _dice: random.Random) -> None:
        if target.postgres is None:
            raise LookupError("no PostgreSQL here")
        target.postgres.restart(immediate=immediate)

    return strike


def kill_rabbit(target: Target, _dice: random.Random) -> None:
    """It takes as long to be back as it takes to start; other faults do not wait for it."""
    if target.rabbit is None or not target.rabbit.is_up:
        raise LookupError("it is not up")
    target.rabbit.kill()
    threading.Timer(0, target.rabbit.start).start()


def heal(target: Target) -> None:
    """The end of the faults: what lasts longer than a moment is waited for or taken back."""
    eventually(lambda: _behaves(target), timeout=60)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


def _behaves(target: Target) -> bool:
    try:
        return httpx.delete(f"{target.emails_url}/misbehaviour", trust_env=False).is_success
    except httpx.TransportError:
        return False  # it is being started again


def _process(target: Target, name: str) -> int:
    try:
        return target.supervisor.processes[name]
    except KeyError:
        raise LookupError(f"{name} is not running now") from None

"""`make chaos`: break everything for a while, let it drain, count from outside.

    python -m tests.system.chaos --duration 120 --seed 1 --database postgresql --broker redis

Exits 1 on any loss. A seed repeats the choices, not the timing.
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console
from rich.table import Table

from deploy.local.home import secrets_of
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import PrivatePostgres
from deploy.local.rabbitmq import PrivateRabbit
from deploy.local.stack import SERVICES, Stack
from deploy.local.supervisor import Supervisor
from tests.system.chaos import census
from tests.system.chaos.crowd import Crowd
from tests.system.chaos.disk import Disk, disk_at
from tests.system.chaos.faults import Saboteur, Target

SLUG = "chaos"
LEASE = 30.0
CLIENTS = 4
CAPACITIES = (50, 40, 30, 20, 100_000)
# What has not moved for so long is lost; how long the last thing took is printed.
STANDSTILL = 120.0


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops it has it clean up
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="emarge-chaos-"))
        disk = stack.enter_context(disk_at(folder / "certificates"))
        postgres = rabbit = None
        if options.database == "postgresql":
            postgres = stack.enter_context(PrivatePostgres(durable=True))
        if options.broker == "amqp":
            rabbit = stack.enter_context(PrivateRabbit(folder / "rabbitmq"))
        outcome = _play(options, folder, disk, postgres, rabbit)
    if outcome["losses"]:
        outcome["to look around"] = str(folder)
    else:
        shutil.rmtree(folder)
    _show(options, outcome)
    return 1 if outcome["losses"] else 0


def _play(
    options: argparse.Namespace,
    folder: Path,
    disk: Disk,
    postgres: PrivatePostgres | None,
    rabbit: PrivateRabbit | None,
) -> dict[str, Any]:
    extra = {"EMARGE_LEASE": str(LEASE), "EMARGE_LOG_FORMAT": "json"}
    if rabbit:
        extra["EMARGE_BROKER_URL"] = rabbit.url
    databases = {s: postgres.create_database(s) for s in SERVICES} if postgres else {}
    emarge = Stack(folder, Ports.any_free(), databases, extra)
    with _running(emarge) as supervisor:
        staff = emarge.run("registration", "token", "create", "door", "--role", "staff")
        organiser = emarge.run("registration", "token", "create", "chair", "--role", "organiser")
        crowd = Crowd(
            f"http://{LOOPBACK}:{emarge.ports.front}",
            SLUG,
            [f"atelier-{number + 1}" for number in range(len(CAPACITIES))],
            staff.split()[-1],
            options.seed,
        )
        target = Target(
            supervisor,
            f"redis://{LOOPBACK}:{emarge.ports.redis}",
            f"http://{LOOPBACK}:{emarge.ports.emails}",
            disk,
            LEASE,
            postgres,
            rabbit,
        )
        saboteur = Saboteur(target, random.Random(options.seed))
        crowd.start(CLIENTS)
        saboteur.run(options.duration * 0.7)
        crowd.finish()
        _close(emarge, organiser.split()[-1])
        saboteur.run(options.duration * 0.3)  # the certificates have their share of it
        healed = time.monotonic()
        emarge.await_ready()
        # What the server refused for good waits for an operator, who has it tried again.
        replayed = emarge.run("notifications", "dead", "replay", "--all").split()[0]
        place = _place(emarge, staff.split()[-1])
        accepted = {attendee.id for attendee in crowd.accepted}
        present = {attendee.id for attendee in crowd.accepted if attendee.checked_in}
        counted, drained = _drain(emarge, place, accepted, present, healed)
        dead = sum(_status(emarge, service)["jobs"]["dead"] for service in SERVICES)
        restarts = sum(supervisor.restarts.values())
    losses = counted.losses + dead + len(crowd.unexpected)
    return {
        "faults": saboteur.injected,
        "faults injected": sum(saboteur.injected.values()),
        "processes started again": restarts,
        "registrations accepted": len(accepted),
        "requests repeated": crowd.repeated,
        "refusals": crowd.refused,
        "answers that should not be": crowd.unexpected[:5],
        **{name.replace("_", " "): value for name, value in asdict(counted).items()},
        "dead letters replayed (550)": int(replayed),
        "dead letters left": dead,
        f"seconds to drain (promised: {LEASE + 15:g})": round(drained, 1),
        "losses": losses,
    }


def _drain(
    emarge: Stack, place: census.Place, accepted: set[str], present: set[str], since: float
) -> tuple[census.Census, float]:
    """What there is once nothing is due or missing, or nothing moves; seconds since `since`."""
    before: object = None
    moved = time.monotonic()
    while True:
        counted, due = census.take(place, accepted, present, _ambiguous(emarge)), _due(emarge)
        now = time.monotonic()
        if not (counted.losses or due):
            return counted, now - since
        if (counted, due) != before:
            before, moved = (counted, due), now
        if now - moved > STANDSTILL:
            return counted, now - since
        time.sleep(0.5)


@contextmanager
def _running(emarge: Stack) -> Iterator[Supervisor]:
    with Supervisor(emarge.stages()[:1], emarge.logs) as base:
        emarge.prepare()
        programme = emarge.home / "programme.yaml"
        programme.write_text(yaml.safe_dump(_today(), allow_unicode=True))
        emarge.run("registration", "import", str(programme))
    del base
    with Supervisor(emarge.stages(), emarge.logs) as supervisor:
        emarge.await_ready()
        yield supervisor


def _today() -> dict[str, object]:
    """A day that has begun, and whose workshops have not: its doors are open, and places are still
    given."""
    begun = datetime.now(UTC) - timedelta(hours=1)
    later, ends = begun + timedelta(hours=3), begun + timedelta(hours=5)
    whole = {"from": _clock(begun, begun), "to": _clock(begun, ends)}
    not_yet = {"from": _clock(begun, later), "to": _clock(begun, ends)}
    return {
        "slug": SLUG,
        "title": "Journée du désordre",
        "organiser": "Emarge",
        "contact_email": "chaos@emarge.example",
        "language": "fr",
        "timezone": "UTC",
        "date": begun.date(),
        "venue": "Palais des congrès",
        "address": "1 rue du Hasard",
        "city": "Montreuil",
        "registration": {"closes_at": f"{ends:%Y-%m-%dT%H:%M}"},
        "sessions": [
            {
                "id": "ouverture",
                "kind": "plenary",
                "title": "Ouverture",
                **whole,
            },
            *(
                {
                    "id": f"atelier-{number + 1}",
                    "kind": "workshop",
                    "title": f"Atelier {number + 1}",
                    "capacity": capacity,
                    **not_yet,
                }
                for number, capacity in enumerate(CAPACITIES)
            ),
        ],
    }


def _clock(begun: datetime, moment: datetime) -> str:
    """Hours of the day that has begun, which after midnight go on from 24."""
    past_midnight = 24 if moment.date() > begun.date() else 0
    return f"{moment.hour + past_midnight:02}:{moment.minute:02}"


def _close(emarge: Stack, token: str) -> None:
    """Close the day, as often as it takes to be heard."""
    url = f"http://{LOOPBACK}:{emarge.ports.registration}/api/conferences/{SLUG}/close"
    while True:
        try:
            answer = httpx.post(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
            if answer.status_code == httpx.codes.ACCEPTED:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)


def _place(emarge: Stack, staff_token: str) -> census.Place:
    return census.Place(
        registration_url=f"http://{LOOPBACK}:{emarge.ports.registration}",
        certificates_url=f"http://{LOOPBACK}:{emarge.ports.certificates}",
        service_token=secrets_of(emarge.home)["EMARGE_SERVICE_TOKEN"],
        staff_token=staff_token,
        slug=SLUG,
        database_url=emarge.databases.get("registration")
        or f"sqlite:///{emarge.home / 'registration.db'}",
        mails=emarge.mails,
        certificates=emarge.home / "certificates",
    )


def _status(emarge: Stack, service: str) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(emarge.run(service, "status", "--json"))
    return status


def _ambiguous(emarge: Stack) -> set[str]:
    """The events whose emails are listed as taken for sent."""
    listed = emarge.run("notifications", "deliveries", "--state", "ambiguous", "--json")
    return {delivery["event_id"] for delivery in json.loads(listed)}


def _due(emarge: Stack) -> int:
    """Jobs that still wait for their turn, or are being done."""
    statuses = [_status(emarge, service) for service in SERVICES]
    return sum(status["due"] + status["jobs"]["running"] for status in statuses)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--duration", type=float, default=60, help="seconds of faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("redis", "amqp"), default="redis")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser.parse_args()


def _show(options: argparse.Namespace, outcome: dict[str, Any]) -> None:
    if options.json:
        print(json.dumps(outcome))
        return
    table = Table(
        title=f"Chaos: {options.duration:g} s, seed {options.seed}, "
        f"{options.database}, {options.broker}",
        title_justify="left",
        show_header=False,
    )
    for name, value in outcome.items():
        if isinstance(value, dict):
            value = (
                "\n".join(f"{count} × {what}" for what, count in sorted(value.items())) or "none"
            )
        elif isinstance(value, list):
            value = "\n".join(value) or "none"
        table.add_row(name, str(value))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())

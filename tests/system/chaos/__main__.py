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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import structlog
import yaml
from rich.console import Console
from rich.table import Table

from deploy.local.mailbox import Mailbox
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import PrivatePostgres
from deploy.local.rabbitmq import PrivateRabbit
from deploy.local.stack import SERVICES, Stack
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT
from services.registration.access.tokens import NewToken, create_token
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk, open_desk
from services.registration.editing.saving import Saving, save_programme
from services.registration.programme.document import parse_programme
from shared.base.database import Database
from shared.bus.migrations import migrate
from tests.system.chaos import census
from tests.system.chaos.crowd import Crowd
from tests.system.chaos.disk import Disk, disk_at
from tests.system.chaos.faults import Saboteur, Target
from tests.system.chaos.organiser import Organiser
from tests.system.chaos.phone import Screen
from tests.system.chaos.places import place_of
from tests.system.chaos.programme import TODAY, Day, both_days

CLIENTS = 4
# In leases: what has not moved for so long is lost; how long the last thing took is printed.
STANDSTILL = 4


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops it has it clean up
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger("WARNING"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
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
    extra = {"EMARGE_LEASE": str(options.lease), "EMARGE_LOG_FORMAT": "json"}
    if rabbit:
        extra["EMARGE_BROKER_URL"] = rabbit.url
    databases = {s: postgres.create_database(s) for s in SERVICES} if postgres else {}
    emarge = Stack(folder, Ports.any_free(), databases, extra)
    days = both_days()
    with _running(emarge, days) as supervisor, ExitStack() as stack:
        desk = stack.enter_context(_desk(emarge))
        staff = create_token(desk, NewToken("door", "staff"))
        chair = create_token(desk, NewToken("chair", "organiser"))
        target = Target(
            supervisor,
            f"redis://{LOOPBACK}:{emarge.ports.redis}",
            f"http://{LOOPBACK}:{emarge.ports.emails}",
            disk,
            options.lease,
            postgres,
            rabbit,
            options.service or SERVICES,
        )
        saboteur = Saboteur(target, random.Random(options.seed))
        place = place_of(emarge, staff)
        screen = Screen(place.sheets.settings)
        crowd = Crowd(_front(emarge), days, staff, chair, screen, options.seed)
        organiser = Organiser(
            desk,
            days,
            _front(emarge),
            {"Authorization": f"Bearer {chair}"},
            random.Random(f"organiser {options.seed}"),
            Mailbox(emarge.mails),
            saboteur.kill_teller,
        )
        crowd.start(options.clients)
        organiser.start(cancels_after=options.duration * 0.4)
        saboteur.run(options.duration * 0.7)
        crowd.finish()
        organiser.finish()
        crowd.sign_the_rest()
        accepted = {attendee.id for attendee in crowd.accepted}
        signed = {attendee.id for attendee in crowd.accepted if attendee.signed}
        present = signed | {attendee.id for attendee in crowd.accepted if attendee.checked_in}
        place.sheets.await_heard(signed)
        _close(emarge, chair)
        place.sheets.seal()
        saboteur.run(options.duration * 0.3)  # the certificates have their share of it
        healed = time.monotonic()
        emarge.await_ready()
        # What the server refused for good waits for an operator, who has it tried again.
        replayed = census.replay_dead(place, "notifications")
        still = STANDSTILL * options.lease
        counted, drained = _drain(
            place, lambda: census.take(place, accepted, present, signed), healed, still
        )
        dead = sum(census.jobs(place, "dead").values())
        restarts = sum(supervisor.restarts.values())
    unexpected = crowd.unexpected + organiser.unexpected
    losses = counted.losses + dead + len(unexpected)
    return {
        "faults": saboteur.injected,
        "faults injected": sum(saboteur.injected.values()),
        "processes started again": restarts,
        "acts of the organiser": organiser.acts,
        "registrations accepted": len(accepted),
        "requests repeated": crowd.repeated,
        "refusals": crowd.refused,
        "answers that should not be": unexpected[:5],
        **_lines(asdict(counted)),
        "dead letters replayed (550)": replayed,
        "dead letters left": dead,
        f"seconds to drain (promised: {options.lease + 15:g})": round(drained, 1),
        "losses": losses,
    }


def _lines(counted: dict[str, Any]) -> dict[str, int]:
    """One a count, whatever part of the census it is of."""
    lines: dict[str, int] = {}
    for name, value in counted.items():
        lines |= _lines(value) if isinstance(value, dict) else {name.replace("_", " "): value}
    return lines


def _drain(
    place: census.Place, take: Callable[[], census.Census], since: float, still: float
) -> tuple[census.Census, float]:
    """What there is, as `take` counts it, once nothing is due or missing, or nothing moves for
    `still` seconds; and the seconds since `since`."""
    before: object = None
    moved = time.monotonic()
    while True:
        due = census.jobs(place, "waiting", "queued", "running")
        # To count takes longer than to wait: it is done when there is nothing more to wait for.
        counted = None if sum(due.values()) else take()
        now = time.monotonic()
        if counted is not None and not counted.losses:
            return counted, now - since
        if (counted, due) != before:
            before, moved = (counted, due), now
        if now - moved > still:
            return counted or take(), now - since
        time.sleep(0.5)


@contextmanager
def _running(emarge: Stack, days: tuple[Day, Day]) -> Iterator[Supervisor]:
    with Supervisor(emarge.stages()[:1], emarge.logs) as base:
        _prepare(emarge)
        with _desk(emarge) as desk:
            for day in days:
                programme = parse_programme(yaml.safe_dump(day.document(), allow_unicode=True))
                save_programme(desk, programme, Saving())
    del base
    with Supervisor(emarge.stages(), emarge.logs) as supervisor:
        emarge.await_ready()
        yield supervisor


def _prepare(emarge: Stack) -> None:
    """As its own commands would, each of which takes seconds to start."""
    for service in SERVICES:
        database = Database.open(census.database_of(emarge, service))
        migrate(database, ROOT / "services" / service)
        database.close()
    emarge.prepare_trials()


@contextmanager
def _desk(emarge: Stack) -> Iterator[Desk]:
    """The desk of a command: an organiser's import costs a process each time, these cost none."""
    known = emarge.environment("registration")
    settings = RegistrationSettings(
        service="registration",
        database_url=census.database_of(emarge, "registration"),
        redis_url=known["EMARGE_REDIS_URL"],
        public_url=emarge.url,
        secret_key=known["EMARGE_SECRET_KEY"],
        service_token=known["EMARGE_SERVICE_TOKEN"],
    )
    database = Database.open(settings.database_url)
    try:
        yield open_desk(settings, database)
    finally:
        database.close()


def _front(emarge: Stack) -> str:
    return f"http://{LOOPBACK}:{emarge.ports.front}"


def _close(emarge: Stack, token: str) -> None:
    """Close the day, as often as it takes to be heard."""
    url = f"{emarge.origin('registration')}/api/conferences/{TODAY}/close"
    while True:
        try:
            answer = httpx.post(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
            if answer.status_code == httpx.codes.ACCEPTED:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--duration", type=float, default=60, help="seconds of faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("redis", "amqp"), default="redis")
    parser.add_argument("--lease", type=float, default=30, help="seconds; see EMARGE_LEASE")
    parser.add_argument(
        "--service", action="append", choices=SERVICES, help="whose processes alone are killed"
    )
    parser.add_argument("--clients", type=int, default=CLIENTS, help="how many register at once")
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

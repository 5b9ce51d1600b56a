"""The worker: Celery's prefork pool, one task, `run(job)`, and everything else in the inbox."""

import gc
import sys
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery, signals
from sqlalchemy.exc import SQLAlchemyError

from shared.base.clock import monotonic
from shared.base.database import Database, not_migrated
from shared.base.settings import Settings
from shared.bus.following import Following
from shared.bus.inbox import LANES
from shared.bus.lease import claim, claim_waiting
from shared.process.consumer import MeasuredRequest, PatientConsumer, heart
from shared.process.pulse import Pulse
from shared.process.queue import celery_app, queue_name, task_name
from shared.process.service import Service
from shared.watching import metrics, tracing
from shared.watching.logs import configure_logs

# A hint costs as much as a small job, so in a backlog its worker goes on for so long; longer, and
# work in the other lane would wait for it.
SLICE = 0.25  # seconds

log = structlog.get_logger()


class Workbench:
    """What a worker child works with, opened in the child: connections do not survive a fork. Who
    has the database and the resources `opened` gives them."""

    def __init__(
        self,
        service: Service[Any],
        settings: Settings,
        opened: tuple[Database, Any] | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self._opened = opened

    def run(self, job_id: int, type_: str) -> None:
        """Do this job and, for a moment, those of its lane that wait for a hint of their own."""
        try:
            self._run(job_id, type_)
        except SQLAlchemyError as error:
            refused = not_migrated(self.service.name, error)
            if refused is None:
                raise
            log.error("not migrated", reason=str(refused))

    def _run(self, job_id: int, type_: str) -> None:
        database, resources = self._open()
        length = timedelta(seconds=self.settings.lease)
        lane = self.service.lane_of(type_)
        ends = monotonic() + SLICE

        def is_time_left() -> bool:
            return monotonic() < ends

        lease = claim(database, job_id, length)
        while lease is not None:
            following = Following(database, lane, length, is_time_left)
            if lease.job_id != job_id:  # others wait, so more may: not asked where nothing does
                lease.when_completed = following.claim
            self.service.do(lease, resources)
            lease = following.lease
            if lease is None and is_time_left():
                lease = claim_waiting(database, lane, length)

    def close(self) -> None:
        if self._opened is not None:
            self._opened[0].close()
            tracing.stop()

    def _open(self) -> tuple[Database, Any]:
        if self._opened is None:
            tracing.start(self.service.name, "worker")
            database = Database.open(self.settings.database_url, pool_size=2)
            self._opened = (database, self.service.resources(self.settings, database))
        return self._opened


def worker_app(service: Service[Any], settings: Settings) -> Celery:
    """The Celery application of this service's worker."""
    app = celery_app(settings)
    bench = Workbench(service, settings)
    signals.worker_process_shutdown.connect(lambda **_: bench.close(), weak=False)

    @app.task(name=task_name(service.name), Request=MeasuredRequest)  # type: ignore[untyped-decorator]  # celery has no types
    def run(job_id: int, type_: str = "") -> None:
        bench.run(job_id, type_)

    return app


def work(service: Service[Any], settings: Settings) -> None:
    """Work until told to stop: SIGTERM finishes the running task, kill -9 loses nothing."""
    app = worker_app(service, settings)
    pulse = Pulse()
    pulse.watch()
    app.steps["consumer"].add(heart(pulse))
    app.conf.worker_consumer = PatientConsumer
    if settings.metrics_port:
        metrics.serve(settings.metrics_port, alive=pulse.wrong)

    def set_up_logs(**_: Any) -> None:
        configure_logs(settings, "worker")

    signals.setup_logging.connect(set_up_logs, weak=False)
    signals.worker_init.connect(lambda **_: share_memory(), weak=False)
    # Not `app.worker_main`: Celery's command line brings a shell, 8 MB in every worker.
    worker = app.Worker(
        pool="prefork",
        quiet=True,
        concurrency=settings.concurrency,
        queues=[queue_name(service.name, lane) for lane in LANES],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,  # an event that nobody listens for; the pulse is our own
        loglevel=settings.log_level,
    )
    worker.start()
    sys.exit(worker.exitcode)


def share_memory() -> None:
    """Before children are forked: what is there stays common to all. A child's first whole
    collection would else write into every page of it, and so copy it."""
    gc.collect()
    gc.freeze()

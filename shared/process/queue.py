"""The service's Celery: its own queues, no result backend, nothing that a broker could lose.

Every setting here has a failure behind it; docs/decisions/0003-celery-settings.md tells which.
"""

import os
from collections.abc import Sequence
from typing import Any

# SIGTERM gives the running task the soft shutdown time. Celery reads this when it is imported.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

import structlog
from celery import Celery
from kombu.entity import Queue as KombuQueue

from shared.base.redis_url import SentinelAddress
from shared.base.settings import Settings
from shared.bus.dispatch import Hint
from shared.bus.inbox import LANES, Lane

BATCH = 500  # hints sent to Redis in one round trip
CONFIRM = 5.0  # seconds for RabbitMQ to confirm one

# Who sends hints has better to do than to wait for a broker that is down: kombu would try again for
# six seconds, each time.
AT_ONCE = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}

log = structlog.get_logger()


def queue_name(service: str, lane: Lane) -> str:
    return service if lane == "main" else f"{service}.{lane}"


def task_name(service: str) -> str:
    return f"{service}.run"


def celery_app(settings: Settings) -> Celery:
    """A Celery application that sends or takes this service's hints."""
    name = settings.service
    url, options = _broker(settings)
    on_amqp = url.startswith(("amqp", "pyamqp"))
    app = Celery(name, broker=url, set_as_current=False)
    app.conf.update(
        task_queues=[
            KombuQueue(
                queue_name(name, lane),
                durable=True,
                queue_arguments={"x-queue-type": "quorum"} if on_amqp else None,
            )
            for lane in LANES
        ],
        task_default_queue=name,
        task_default_delivery_mode="persistent",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_publish_retry=False,
        task_serializer="json",
        accept_content=["json"],
        task_soft_time_limit=settings.soft_limit,
        task_time_limit=settings.hard_limit,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=5,
        worker_max_tasks_per_child=5000,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,
        broker_connection_timeout=3,
        broker_transport_options=options,
    )
    return app


def _broker(settings: Settings) -> tuple[str, dict[str, Any]]:
    """kombu's URL and transport options of the broker."""
    url, name = settings.broker_url, settings.service
    if url.startswith(("amqp", "pyamqp")):
        return url, {"confirm_publish": True}
    options = {
        "visibility_timeout": max(300, 2 * settings.lease),
        # Unacknowledged copies are kept by tag; a service's own keys keep one service's
        # acknowledgement from deleting another's copy.
        "unacked_key": f"{name}.unacked",
        "unacked_index_key": f"{name}.unacked_index",
        "unacked_mutex_key": f"{name}.unacked_mutex",
        # In the order of their names, so NAME before NAME.bulk: in turns, half of the work would
        # wait behind the bulk.
        "queue_order_strategy": "sorted",
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
    if url.startswith("sentinel://"):
        address = SentinelAddress.parse(url)
        return address.kombu_url(), options | {"master_name": address.master}
    return url, options


class CeleryQueue:
    """`shared.bus.dispatch.Queue` on Celery's broker."""

    def __init__(self, app: Celery, service: str) -> None:
        app.conf.broker_transport_options = app.conf.broker_transport_options | AT_ONCE
        self._app = app
        self._service = service

    def send(self, lane: Lane, hints: Sequence[Hint]) -> None:
        if not hints:
            return
        try:
            pool = self._app.producer_pool
            with pool.acquire(block=True, timeout=2) as producer, producer.batch(BATCH):
                for hint in hints:
                    self._app.send_task(
                        task_name(self._service),
                        args=[hint.job, hint.type],
                        queue=queue_name(self._service, lane),
                        producer=producer,
                        retry=False,
                        confirm_timeout=CONFIRM,
                    )
        except Exception as error:  # noqa: BLE001  any broker trouble means the same: the hints go out again later
            log.warning(
                "hints not sent", count=len(hints), error=f"{type(error).__name__}: {error}"
            )

    def length(self, lane: Lane) -> int:
        try:
            with self._app.pool.acquire(block=True, timeout=2) as connection:
                return self._ask(connection, queue_name(self._service, lane))
        except Exception:  # noqa: BLE001  a queue that cannot be asked, or is gone, holds nothing that we can count on
            return 0

    def _ask(self, connection: Any, name: str) -> int:
        try:
            channel = connection.default_channel
            # A deleted queue comes back: kombu remembers only that it once declared it.
            self._app.amqp.queues[name].bind(channel).declare()
            return int(channel.queue_declare(name, passive=True).message_count)
        except Exception:
            connection.close()  # it is opened anew when it is used next
            raise

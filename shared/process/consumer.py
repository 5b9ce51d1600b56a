"""Celery's consumer, with its patience and its pulse in our hands.

Celery waits longer and longer for a lost broker, up to half a minute; jobs would wait with it.
The pulse beats only while the consumer's loop turns with a broker connected: a consumer that lost
its broker stops its timers, a blocked one does not get to them, so an old pulse means that this
worker does no work, whatever its process looks like.
"""

from typing import Any

import structlog
from celery import bootsteps
from celery.worker import state
from celery.worker.consumer import Consumer
from celery.worker.request import Request
from kombu.asynchronous import get_event_loop, set_event_loop

from shared.base.clock import epoch_seconds
from shared.process.pulse import BEAT, Pulse
from shared.watching.metrics import TASK_SECONDS

RETRY = 0.5  # seconds between the first tries to reach the broker, growing by as much …
RETRY_AT_MOST = 2.0  # … to this

log = structlog.get_logger()


class PatientConsumer(Consumer):  # type: ignore[misc]  # celery has no types
    """Tries to reach the broker for ever, and soon again."""

    def ensure_connected(self, connection: Any) -> Any:
        def unreachable(error: Exception, seconds: float) -> None:
            log.warning("broker not reached", error=str(error), next_try_in=seconds)

        return connection.ensure_connection(
            unreachable,
            max_retries=None,
            interval_start=RETRY,
            interval_step=RETRY,
            interval_max=RETRY_AT_MOST,
            callback=state.maybe_shutdown,
        )

    def register_with_event_loop(self, hub: Any) -> None:
        # Celery resets the loop after each lost broker, and kombu then forgets which one it is.
        set_event_loop(hub)
        super().register_with_event_loop(hub)


def heart(pulse: Pulse) -> type[bootsteps.StartStopStep]:
    """The consumer's boot step that makes its pulse beat."""

    class Beat(bootsteps.StartStopStep):  # type: ignore[misc]  # celery has no types
        requires = ("celery.worker.consumer.tasks:Tasks",)

        def start(self, consumer: Any) -> None:
            pulse.beat()
            self.timer = consumer.timer.call_repeatedly(BEAT, pulse.beat)

        def stop(self, consumer: Any) -> None:  # noqa: ARG002  the signature is celery's
            self.timer.cancel()

    return Beat


class MeasuredRequest(Request):  # type: ignore[misc]  # celery has no types
    """Times each job in the worker's main process, where /metrics is served.

    When the broker is lost while a job runs, its hint cannot be acknowledged. Celery would only log
    that; kombu then waits for ever for the hint's room before it asks for another one, and never
    learns that its connection is gone. So the loss is raised in the consumer's loop: it reconnects.
    """

    acknowledged: bool = False

    def acknowledge(self) -> None:
        if self.time_start:
            TASK_SECONDS.labels(self._event_type()).observe(
                max(0.0, epoch_seconds() - self.time_start)
            )
        if self.acknowledged:
            return
        self.acknowledged = True
        try:
            self._message.ack()
        except (*self._connection_errors, OSError) as error:
            log.warning("hint not acknowledged", error=f"{type(error).__name__}: {error}")
            if hub := get_event_loop():
                hub.call_soon(_lose_connection, error)

    def _event_type(self) -> str:
        return next((part for part in self.argsrepr.strip("[]()").split("'") if "." in part), "")


def _lose_connection(error: Exception) -> None:
    raise error

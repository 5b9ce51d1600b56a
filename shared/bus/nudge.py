"""The nudge: "there is something new in this feed", by Redis PUBLISH, best effort.

It only saves consumers the wait for their next pull: losing one costs a second, never an event.
"""

import threading

import redis
import structlog

from shared.base.redis_url import connect

log = structlog.get_logger()


def channel(source: str) -> str:
    return f"emarge.feed.{source}"


class Nudge:
    """Rings a feed's channel from a thread of its own: a request never waits for Redis.

    Calls that come while one is being sent are sent as one.
    """

    def __init__(self, url: str, source: str) -> None:
        self._redis = connect(url)
        self._channel = channel(source)
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def __call__(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
                self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._redis.publish(self._channel, "")
            except redis.RedisError as error:
                log.debug("nudge lost", error=str(error))


class Bell:
    """Waits for a nudge on any of several feeds."""

    def __init__(self, url: str, sources: list[str]) -> None:
        self._redis = connect(url)
        self._channels = [channel(source) for source in sources]
        self._subscription: redis.client.PubSub | None = None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return at the first nudge, after `seconds`, or when `stop` is set."""
        if not self._channels:
            stop.wait(seconds)
            return
        try:
            if self._subscription is None:
                self._subscription = self._redis.pubsub(ignore_subscribe_messages=True)
                self._subscription.subscribe(*self._channels)
            message = self._subscription.get_message(timeout=seconds)
            while message is not None:  # one pull answers all the nudges that have piled up
                message = self._subscription.get_message()
        except redis.RedisError:
            self.close()
            stop.wait(seconds)

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def __enter__(self) -> "Bell":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

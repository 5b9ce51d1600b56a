"""The pulse of a process that turns a loop: an old one means that it does no work, whatever the
process looks like."""

import os
import threading

import structlog

from shared.base.clock import monotonic, sleep

BEAT = 2.0  # seconds
STALE = 15.0  # seconds without a beat after which the process calls itself unhealthy …
HOPELESS = 30.0  # … and after which it exits, for its supervisor to start another

log = structlog.get_logger()


class Pulse:
    """When the loop last gave a sign of life; of several, each by its name."""

    def __init__(self) -> None:
        self._last = {"": monotonic()}

    def beat(self, of: str = "") -> None:
        self._last[of] = monotonic()

    def end(self, of: str) -> None:
        """That loop is done."""
        self._last.pop(of, None)

    def silence(self) -> float:
        """Seconds since the one that has been silent longest gave a sign of life."""
        return monotonic() - min(list(self._last.values()))

    def wrong(self) -> str | None:
        """What keeps this process from its work, if anything."""
        silence = self.silence()
        return f"no sign of life for {silence:.0f} s" if silence > STALE else None

    def watch(self) -> None:
        """Exit when there has been no beat for too long: another process starts clean."""

        def watch() -> None:
            while True:
                sleep(BEAT)
                if self.silence() > HOPELESS:
                    log.error("no sign of life, exiting", seconds=HOPELESS)
                    os._exit(1)

        threading.Thread(target=watch, name="watchdog", daemon=True).start()

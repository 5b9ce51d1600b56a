"""When what failed is tried again, and when it is not any more."""

from datetime import datetime, timedelta

# How long a delivery waits before each further try; after the last one it has failed. Together just
# under a day. An endpoint that is down is left in peace by the same delays, for all deliveries.
DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 900, 1800, 3600, 7200, 14400, 21600, 36000)
)
MAX_TRIES = len(DELAYS) + 1
# An endpoint that took nothing at all for so long is disabled with its next failure.
DISABLED_AFTER = sum(DELAYS, timedelta()) - timedelta(minutes=10)

AT_ONCE = 16  # on their way to one endpoint, from one process
AT_ONCE_DOWN = 1  # to one that was down when it was tried last


def delay_after(tries: int) -> timedelta:
    """Before the next try, when so many have failed."""
    return DELAYS[min(tries, len(DELAYS)) - 1]


def is_lost(failing_since: datetime | None, moment: datetime) -> bool:
    """Whether an endpoint that fails again has failed for long enough to be disabled."""
    return failing_since is not None and moment - failing_since >= DISABLED_AFTER

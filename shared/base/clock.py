"""What time it is. Nothing else in Emarge asks the system, so there is one place to ask instead.

How long something took is measured elsewhere, by `time.monotonic()`: that is no time of day.
"""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.fromtimestamp(epoch_seconds(), UTC)


def epoch_seconds() -> float:
    """The same, in seconds since 1970."""
    return time.time()

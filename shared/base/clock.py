"""What time it is, how long something took, and waiting. Nothing else in Emarge asks the system, so
there is one place to ask instead: a test says what time it is, and a simulation lets it pass.
"""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.fromtimestamp(epoch_seconds(), UTC)


def epoch_seconds() -> float:
    """The same, in seconds since 1970."""
    return time.time()


def monotonic() -> float:
    """Seconds since some moment, for measuring: no time of day, and never set back."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Let this thread wait."""
    time.sleep(seconds)

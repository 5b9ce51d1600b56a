"""Every error the spine raises on purpose.

EmargeError
├── Misconfigured      a setting is missing or malformed
├── NotMigrated        the database is older than the program, or empty
├── LeaseLost          another worker owns the job now: stop, write nothing
├── Hopeless           trying again cannot help: dead letter at once
├── Later              try again, after a delay the handler knows
├── Parked             the handler has put its job aside
├── RowForgotten       a crash of the database took back what this job had written
├── FeedUnreachable    a feed cannot be had now
├── FeedUnreadable     what a feed answered is no page of events
└── FeedStopped        the feed may not be followed further without a human
    ├── FeedGap        positions are missing from a page
    └── EpochChanged   the publisher's log is another one than before
"""

from datetime import timedelta


class EmargeError(Exception):
    """Root of the errors that Emarge raises on purpose."""


class Misconfigured(EmargeError):
    """A setting is missing or malformed; the message names it and what it wants."""


class NotMigrated(EmargeError):
    """The database is older than the program, or empty; the message has the command to run."""


class LeaseLost(EmargeError):
    """The job belongs to another worker now: whatever this one was doing must leave no trace."""


class Hopeless(EmargeError):
    """Trying again cannot help; the job becomes a dead letter with this reason."""


class Later(EmargeError):
    """Try again after `delay`; counts as a try, so a job cannot be put off for ever."""

    def __init__(self, delay: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.delay = delay


class Parked(EmargeError):
    """The handler has put its job aside, with this reason; its service takes it back, or time."""


class RowForgotten(EmargeError):
    """A crash of the database took back what an earlier transaction of this job wrote; its next
    try writes it again."""


class FeedUnreachable(EmargeError):
    """A feed's publisher does not answer, or refuses; the next pull asks again."""


class FeedUnreadable(EmargeError):
    """What a feed answered is no page of events (a proxy's error page, most likely)."""


class FeedStopped(EmargeError):
    """The feed may not be followed further until someone has looked."""


class FeedGap(FeedStopped):
    """A page does not continue where the last one ended."""


class EpochChanged(FeedStopped):
    """The publisher's log is another one than before (a restored backup, most likely)."""

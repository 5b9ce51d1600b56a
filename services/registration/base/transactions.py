"""Doing a transaction again when the database asks for it."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

T = TypeVar("T")

PAUSES = (0.005, 0.02, 0.1, 0.3)  # seconds, before each further try

_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"
_FOREIGN_KEY_VIOLATION = "23503"


def with_retries(work: Callable[[], T]) -> T:
    """The result of `work`, which is one whole transaction; again after a deadlock or the like."""
    for pause in PAUSES:
        try:
            return work()
        except DBAPIError as error:
            if not _may_pass(error):
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  spreads those who collided; no secret
    return work()


def refers_to_nothing(error: IntegrityError) -> bool:
    """Whether a row was to refer to one that has been deleted meanwhile."""
    state = getattr(error.orig, "sqlstate", None)
    return state == _FOREIGN_KEY_VIOLATION or "FOREIGN KEY" in str(error.orig)


def _may_pass(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return "registration_code" in str(error.orig) or "registration.code" in str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) and state in (_SERIALIZATION_FAILURE, _DEADLOCK)

"""A use case is one write transaction; when the database asks for it, all of it is done again."""

import random
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.base.clock import sleep

P = ParamSpec("P")
T = TypeVar("T")

PAUSES = (0.005, 0.02, 0.1, 0.3)  # seconds, before each further try

_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"
_FOREIGN_KEY_VIOLATION = "23503"


class Collision(Exception):
    """What was drawn at random is taken already: another draw, in another transaction, may not be.

    Raised by a use case that is `retried`.
    """


def retried(use_case: Callable[P, T]) -> Callable[P, T]:
    """The use case, done again after a deadlock, a serialization failure or a Collision.

    It opens its transaction itself and has no effect but through it.
    """

    @wraps(use_case)
    def trying(*args: P.args, **kwargs: P.kwargs) -> T:
        for pause in PAUSES:
            try:
                return use_case(*args, **kwargs)
            except Collision:
                pass
            except DBAPIError as error:
                if not _may_pass(error):
                    raise
            sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  spreads those who collided; no secret
        return use_case(*args, **kwargs)

    return trying


def refers_to_nothing(error: IntegrityError) -> bool:
    """Whether a row was to refer to one that has been deleted meanwhile."""
    state = getattr(error.orig, "sqlstate", None)
    return state == _FOREIGN_KEY_VIOLATION or "FOREIGN KEY" in str(error.orig)


def _may_pass(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) and state in (_SERIALIZATION_FAILURE, _DEADLOCK)

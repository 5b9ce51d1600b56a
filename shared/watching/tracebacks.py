"""Errors as logs may keep them: which, and where in the code, but nothing that somebody typed.

What an error says is often a value: an address that is no integer, the row that was there already,
the recipient that a server refused. So its words are kept only where they cannot be somebody's.
"""

import traceback
from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from shared.base.database import reason
from shared.base.errors import EmargeError

# They speak of code only.
OF_CODE = (AttributeError, ImportError, NameError, TypeError)
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"


def told(error: BaseException) -> str:
    """One line: the error's type, and its words if they are no person's."""
    name, words = type(error).__qualname__, _words(error)
    return f"{name}: {words}" if words else name


def plain_traceback(error: BaseException) -> str:
    """As Python's own, oldest cause first: no variables, and of each error what `told` says."""
    return "\n\n".join(_chain(error, set()))


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause, context = error.__cause__, error.__context__
    if cause is not None and id(cause) not in seen:
        yield from _chain(cause, seen)
        yield CAUSE
    elif context is not None and not error.__suppress_context__ and id(context) not in seen:
        yield from _chain(context, seen)
        yield CONTEXT
    yield _one(error)


def _one(error: BaseException) -> str:
    places = traceback.format_tb(error.__traceback__)
    head = ["Traceback (most recent call last):\n", *places] if places else []
    parts = ["".join(head) + told(error)]
    if isinstance(error, BaseExceptionGroup):
        parts += [plain_traceback(each) for each in error.exceptions]
    return "\n".join(parts)


def _words(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        return reason(error)
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, fault['loc']))} {fault['type']}"
            for fault in error.errors(include_input=False, include_context=False)
        )
    if isinstance(error, OSError) and type(error).__module__ == "builtins":
        return error.strerror or ""
    return str(error) if isinstance(error, (EmargeError, *OF_CODE)) else ""

"""Many people doing the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def all_at_once(act: Callable[[T], Awaitable[Any]], items: Iterable[T]) -> None:
    """Do it for every item; the first failure ends them all and is raised as it is."""

    async def one(item: T) -> None:
        await act(item)

    try:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))
    except* Exception as failures:  # noqa: BLE001  all are raised again
        raise failures.exceptions[0] from None

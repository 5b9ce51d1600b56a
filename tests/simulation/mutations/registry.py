"""A mutation patches the code under test; whoever makes it undoes it."""

from collections.abc import Callable

import pytest

Mutation = Callable[[pytest.MonkeyPatch], None]


class Registry(dict[str, Mutation]):
    """Of one area, by name: `cursor_apart` is `TAKE_OUT=cursor-apart`."""

    def __call__(self, mutation: Mutation) -> Mutation:
        self[mutation.__name__.replace("_", "-")] = mutation
        return mutation

"""What the sink does wrong on command, as real mail servers do unasked."""

from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

Fault = Literal[
    "refuse-connection",  # 421 as a greeting, and the connection is closed
    "421",  # to the message, and the connection is closed
    "451",  # to the message: try again later
    "550",  # to the recipient: never
    "hang",  # says nothing for `seconds`, after the message's final dot; then accepts it
    "close-before-dot",  # the connection breaks in the middle of the message
    "close-after-dot",  # the message is accepted, but the connection breaks before the answer
    "lose-after-dot",  # the connection breaks after the dot, and the message is gone
]
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass
class Misbehaviour:
    """`fault` befalls a `share` of the messages, `times` times at most (None: without end)."""

    fault: Fault | None = None
    share: float = 1.0
    times: int | None = None
    seconds: float = 30.0
    committed: int = 0

    def __post_init__(self) -> None:
        if self.fault is not None and self.fault not in FAULTS:
            raise ValueError(f"no such fault: {self.fault}; there are {', '.join(FAULTS)}")
        self._dice = Random(self.committed)  # noqa: S311  faults are no secrets

    def strikes(self, *faults: Fault) -> bool:
        """Whether the next message meets its fault here, that is, at one of `faults`."""
        if self.fault not in faults:
            return False
        if self.times is not None and self.committed >= self.times:
            return False
        if self._dice.random() >= self.share:
            return False
        self.committed += 1
        return True

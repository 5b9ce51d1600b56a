"""What is wrong with a programme: every fault by its line and field."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.base.errors import EmargeError


@dataclass(frozen=True, order=True)
class ProgrammeFault:
    """`rule` is an English msgid over `parameters`."""

    line: int
    field: str
    rule: str
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} {self.rule % self.parameters}"


class InvalidProgramme(EmargeError):
    """A programme breaks rules; `faults` has all of them, in the order of the file."""

    def __init__(self, faults: Sequence[ProgrammeFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))
